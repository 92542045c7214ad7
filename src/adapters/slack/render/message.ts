import type { ContextBlock, KnownBlock, SectionBlock } from '@slack/types'

/** A message ready to leave: blocks, and the text that notifications and screen readers take instead. */
export interface Message {
  readonly text: string
  readonly blocks: readonly KnownBlock[]
}

/** Slack refuses a message somewhere above 10 KB of text (reported; undocumented), so ours end below it. */
export const messageBudget = 9000

const readable = new Set(['text', 'title', 'url', 'value', 'alt_text', 'name'])

/** UTF-8 bytes of everything a reader or a button carries in these blocks: what Slack's undocumented limit seems to count. */
export function visibleBytes(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + visibleBytes(item), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum, [key, inner]) => sum + (typeof inner === 'string' ? (readable.has(key) ? Buffer.byteLength(inner) : 0) : visibleBytes(inner)), 0)
}

/** A line of small print. `mrkdwn` must be escaped already. */
export function smallPrint(mrkdwn: string): ContextBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: mrkdwn.slice(0, 2000), verbatim: true }] }
}

/** A plain section; what a client that does not know newer blocks can still show. `mrkdwn` must be escaped already. */
export function section(mrkdwn: string): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: mrkdwn.slice(0, 3000), verbatim: true } }
}
