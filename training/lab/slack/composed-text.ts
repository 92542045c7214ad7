import type { WireBlock, WireObject } from './records.ts'

const pieces =
  /<@([UW][A-Z0-9]+)>|<#(C[A-Z0-9]+)(?:\|[^>]*)?>|<(https?:[^>|]+)(?:\|([^>]*))?>|(?<!\w):([a-z+-][a-z0-9_+-]*):/g

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

function element([, user, channel, url, label, emoji]: RegExpExecArray): WireObject {
  if (user !== undefined) return { type: 'user', user_id: user }
  if (channel !== undefined) return { type: 'channel', channel_id: channel }
  if (url !== undefined) return { type: 'link', url: unescaped(url), ...(label ? { text: unescaped(label) } : {}) }
  return { type: 'emoji', name: emoji }
}

/** The rich_text block Slack's client sends beside what a person typed: `text` is mrkdwn with mentions and links in brackets. */
export function composedBlocks(text: string): WireBlock[] {
  const elements: WireObject[] = []
  let from = 0
  for (const match of text.matchAll(pieces)) {
    if (match.index > from) elements.push({ type: 'text', text: unescaped(text.slice(from, match.index)) })
    elements.push(element(match))
    from = match.index + match[0].length
  }
  if (from < text.length) elements.push({ type: 'text', text: unescaped(text.slice(from)) })
  return [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }]
}
