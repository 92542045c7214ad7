import { h, icon, link } from './dom.js'

const emojis = {
  rotating_light: '🚨',
  mag: '🔍',
  hourglass_flowing_sand: '⏳',
  hourglass: '⌛',
  bulb: '💡',
  link: '🔗',
  memo: '📝',
  gear: '⚙️',
  wrench: '🔧',
  hammer_and_wrench: '🛠️',
  package: '📦',
  rocket: '🚀',
  fire: '🔥',
  bug: '🐛',
  construction_worker: '👷',
  arrow_right: '➡️',
  information_source: 'ℹ️',
  question: '❓',
  no_entry: '⛔',
  speech_balloon: '💬',
  chart_with_upwards_trend: '📈',
  robot_face: '🤖',
  books: '📚',
  octagonal_sign: '🛑',
  stopwatch: '⏱️',
  dart: '🎯',
  tada: '🎉',
}

/** Emoji that alerts and reports lean on are drawn: a machine without an emoji font would show boxes. */
const circles = {
  red_circle: 'red',
  large_yellow_circle: 'yellow',
  large_blue_circle: 'blue',
  white_circle: 'white',
  large_green_circle: 'green',
}
const drawn = {
  eyes: 'eyes',
  white_check_mark: 'complete',
  heavy_check_mark: 'complete',
  x: 'error',
  warning: 'warning',
  thumbsup: 'thumb_up',
  '+1': 'thumb_up',
  thumbsdown: 'thumb_down',
  '-1': 'thumb_down',
  lock: 'lock',
}

/** An emoji by its short name; an unknown one as `:name:`. */
export function emoji(name) {
  const label = name.replaceAll('_', ' ')
  if (circles[name]) return h('span', { class: `dot dot-${circles[name]}`, role: 'img', 'aria-label': label })
  if (drawn[name]) return h('span', { class: 'emoji', role: 'img', 'aria-label': label }, icon(drawn[name]))
  const glyph = emojis[name]
  return glyph ? h('span', { class: 'emoji', role: 'img', 'aria-label': label }, glyph) : `:${name}:`
}

/** A person's or channel's name as a mention. `directory` has `userName` and `channelName` by id. */
export function mention(kind, id, directory) {
  if (kind === 'user')
    return h('span', { class: `mention${id === directory.me ? ' mention-me' : ''}` }, `@${directory.userName(id)}`)
  if (kind === 'channel') return h('span', { class: 'mention' }, `#${directory.channelName(id)}`)
  return h('span', { class: 'mention' }, `@${id}`)
}

function unescape(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

function date(seconds, format, fallback) {
  const at = new Date(Number(seconds) * 1000)
  if (Number.isNaN(at.getTime())) return fallback ?? format
  const day = at.toLocaleDateString('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' })
  const time = at.toLocaleTimeString('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' })
  return format
    .replace(/\{date[a-z_]*\}/g, day)
    .replace(/\{time[a-z_]*\}/g, time)
    .replace(/\{ago\}/g, day)
}

/** What stands between angle brackets: a link, a mention or a date. */
function bracket(body, directory) {
  const [target = '', label] = body.split('|')
  if (target.startsWith('@')) return mention('user', target.slice(1), directory)
  if (target.startsWith('#')) return mention('channel', target.slice(1), directory)
  if (target.startsWith('!date^')) {
    const [, seconds, format = ''] = target.split('^')
    return date(seconds, format, label)
  }
  if (target.startsWith('!')) return mention('broadcast', target.slice(1).split('^')[0] ?? '', directory)
  const shown = label === undefined ? [unescape(target)] : inlineMrkdwn(label, directory)
  return link(unescape(target), ...shown)
}

const inlinePattern =
  /`([^`\n]+)`|<([^<>\n]+)>|(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])|(?<![\w_])_(\S(?:[^_\n]*\S)?)_(?![\w_])|(?<![\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])|(?<!\w):([a-z+-][a-z0-9_+-]*):/g

/** Slack's mrkdwn within one paragraph, as nodes. */
export function inlineMrkdwn(text, directory) {
  const nodes = []
  let from = 0
  for (const match of text.matchAll(inlinePattern)) {
    if (match.index > from) nodes.push(unescape(text.slice(from, match.index)))
    const [whole, code, brackets, bold, italic, strike, name] = match
    if (code !== undefined) nodes.push(h('code', {}, unescape(code)))
    else if (brackets !== undefined) nodes.push(bracket(brackets, directory))
    else if (bold !== undefined) nodes.push(h('strong', {}, ...inlineMrkdwn(bold, directory)))
    else if (italic !== undefined) nodes.push(h('em', {}, ...inlineMrkdwn(italic, directory)))
    else if (strike !== undefined) nodes.push(h('s', {}, ...inlineMrkdwn(strike, directory)))
    else nodes.push(emoji(name))
    from = match.index + whole.length
  }
  if (from < text.length) nodes.push(unescape(text.slice(from)))
  return nodes
}

/** Slack's mrkdwn: code fences, quotes and paragraphs, with line breaks kept. */
export function mrkdwn(text, directory) {
  const parts = text.split(/```\n?([\s\S]*?)\n?```/)
  return parts.flatMap((part, index) => {
    if (index % 2 === 1) return [h('pre', {}, h('code', {}, unescape(part)))]
    return quotesAndLines(part.replace(/^\n|\n$/g, ''), directory)
  })
}

function quotesAndLines(text, directory) {
  if (text === '') return []
  const groups = []
  for (const line of text.split('\n')) {
    const quoted = /^(?:>|&gt;) ?/.test(line)
    const last = groups.at(-1)
    const shown = quoted ? line.replace(/^(?:>|&gt;) ?/, '') : line
    if (last && last.quoted === quoted) last.lines.push(shown)
    else groups.push({ quoted, lines: [shown] })
  }
  return groups.map(({ quoted, lines }) =>
    h(quoted ? 'blockquote' : 'p', { class: 'lines' }, ...inlineMrkdwn(lines.join('\n'), directory)),
  )
}
