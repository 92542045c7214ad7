import { h, link } from './dom.js'
import { emoji } from './inline-text.js'

const inlinePattern =
  /`([^`]+)`|\[([^\]]+)\]\(([^()\s]+)\)|\*\*([^*]+(?:\*(?!\*)[^*]+)*)\*\*|__([^_]+)__|~~([^~]+)~~|(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*(?!\w)|(?<!\w)_([^_\s](?:[^_]*[^_\s])?)_(?!\w)|(https?:\/\/[^\s<>()]+[^\s<>().,;:!?])|(?<!\w):([a-z+-][a-z0-9_+-]*):/g

/** Markdown within one line, as nodes. */
function inline(text) {
  const nodes = []
  let from = 0
  for (const match of text.matchAll(inlinePattern)) {
    if (match.index > from) nodes.push(text.slice(from, match.index))
    const [whole, code, label, url, strong, strong2, strike, em, em2, bare, name] = match
    const bold = strong ?? strong2
    const italic = em ?? em2
    if (code !== undefined) nodes.push(h('code', {}, code))
    else if (label !== undefined) nodes.push(link(url, ...inline(label)))
    else if (bold !== undefined) nodes.push(h('strong', {}, ...inline(bold)))
    else if (strike !== undefined) nodes.push(h('s', {}, ...inline(strike)))
    else if (italic !== undefined) nodes.push(h('em', {}, ...inline(italic)))
    else if (bare !== undefined) nodes.push(link(bare))
    else nodes.push(emoji(name))
    from = match.index + whole.length
  }
  if (from < text.length) nodes.push(text.slice(from))
  return nodes
}

const listItem = /^(\s*)(?:([-*+])|(\d+)[.)])\s+(.*)$/

/** A list and the lists within it, from lines that are items or continue one. */
function list(lines) {
  const [first] = lines
  const [, indent = '', , number] = listItem.exec(first ?? '') ?? []
  const items = []
  for (const line of lines) {
    const match = listItem.exec(line)
    const isOwn = match && match[1].length <= indent.length
    if (isOwn || items.length === 0) items.push({ text: match ? match[4] : line, nested: [] })
    else items.at(-1).nested.push(line)
  }
  const rendered = items.map(({ text, nested }) => {
    const task = /^\[([ xX])\]\s+(.*)$/.exec(text)
    const continued = nested.filter((line) => !listItem.test(line)).map((line) => line.trim())
    const below = nested.filter((line) => listItem.test(line))
    const words = [task ? task[2] : text, ...continued].join(' ')
    return h(
      'li',
      {},
      task ? (task[1] === ' ' ? '☐ ' : '☑ ') : null,
      ...inline(words),
      below.length > 0 ? list(below) : null,
    )
  })
  return h(number === undefined ? 'ul' : 'ol', number === undefined ? {} : { start: number }, ...rendered)
}

function cells(row) {
  return row
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim())
}

function table(lines) {
  const [head = '', , ...body] = lines
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...cells(head).map((cell) => h('th', { scope: 'col' }, ...inline(cell))))),
      h('tbody', {}, ...body.map((row) => h('tr', {}, ...cells(row).map((cell) => h('td', {}, ...inline(cell)))))),
    ),
  )
}

/** The kinds of paragraph, each with how far it reaches from a line on and how it is shown. */
const kinds = [
  {
    starts: (line) => line.startsWith('```'),
    end: (lines, from) => {
      const close = lines.findIndex((line, index) => index > from && line.startsWith('```'))
      return close === -1 ? lines.length : close + 1
    },
    render: (lines) =>
      h(
        'pre',
        {},
        h('code', {}, lines.slice(1, lines.at(-1).startsWith('```') && lines.length > 1 ? -1 : undefined).join('\n')),
      ),
  },
  {
    starts: (line) => /^#{1,6}\s/.test(line),
    end: (_lines, from) => from + 1,
    render: ([line]) => h(`h${Math.min(6, line.indexOf(' ') + 2)}`, {}, ...inline(line.replace(/^#+\s+/, ''))),
  },
  { starts: (line) => /^\s*(?:[-*_]\s*){3,}$/.test(line), end: (_lines, from) => from + 1, render: () => h('hr') },
  {
    starts: (line) => line.startsWith('>'),
    end: (lines, from) => reach(lines, from, (line) => line.startsWith('>')),
    render: (lines) => h('blockquote', {}, ...markdown(lines.map((line) => line.replace(/^> ?/, '')).join('\n'))),
  },
  {
    starts: (line) => listItem.test(line),
    end: (lines, from) => reach(lines, from, (line) => listItem.test(line) || /^\s{2,}\S/.test(line)),
    render: list,
  },
  {
    starts: (line, next) => line.includes('|') && /^\s*\|?\s*:?-{2,}/.test(next ?? ''),
    end: (lines, from) => reach(lines, from, (line) => line.includes('|')),
    render: table,
  },
]

function reach(lines, from, belongs) {
  let end = from + 1
  while (end < lines.length && belongs(lines[end])) end += 1
  return end
}

/** Standard Markdown as the markdown block takes it, as nodes. HTML in it is shown as text. */
export function markdown(text) {
  const lines = text.split('\n')
  const nodes = []
  let at = 0
  while (at < lines.length) {
    if (lines[at].trim() === '') {
      at += 1
      continue
    }
    const kind = kinds.find(({ starts }) => starts(lines[at], lines[at + 1]))
    const end = kind
      ? kind.end(lines, at)
      : reach(lines, at, (line) => line.trim() !== '' && !kinds.some(({ starts }) => starts(line)))
    const own = lines.slice(at, end)
    nodes.push(kind ? kind.render(own) : h('p', { class: 'lines' }, ...inline(own.join('\n'))))
    at = end
  }
  return nodes
}
