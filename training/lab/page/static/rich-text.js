import { h, link } from './dom.js'
import { emoji, inlineMrkdwn, mention } from './inline-text.js'

function styled(node, style = {}) {
  let shown = node
  if (style.code) shown = h('code', {}, shown)
  if (style.bold) shown = h('strong', {}, shown)
  if (style.italic) shown = h('em', {}, shown)
  if (style.strike) shown = h('s', {}, shown)
  if (style.underline) shown = h('u', {}, shown)
  return shown
}

function run(element, directory) {
  switch (element.type) {
    case 'text':
      return styled(element.text, element.style)
    case 'link':
      return styled(link(element.url, element.text || element.url), element.style)
    case 'emoji':
      return emoji(element.name)
    case 'user':
      return mention('user', element.user_id, directory)
    case 'channel':
      return mention('channel', element.channel_id, directory)
    case 'broadcast':
      return mention('broadcast', element.range, directory)
    case 'date':
      return inlineMrkdwn(`<!date^${element.timestamp}^${element.format}|${element.fallback ?? ''}>`, directory)
    case 'color':
      return element.value
    default:
      return ''
  }
}

function part(element, directory) {
  const runs = (elements) => elements.map((child) => run(child, directory))
  switch (element.type) {
    case 'rich_text_list': {
      const tag = element.style === 'ordered' ? 'ol' : 'ul'
      return h(
        tag,
        { class: `indent-${element.indent ?? 0}` },
        ...element.elements.map((item) => h('li', {}, ...runs(item.elements))),
      )
    }
    case 'rich_text_quote':
      return h('blockquote', { class: 'lines' }, ...runs(element.elements))
    case 'rich_text_preformatted':
      return h('pre', {}, h('code', {}, ...runs(element.elements)))
    default:
      return h('p', { class: 'lines' }, ...runs(element.elements))
  }
}

/** A rich_text block's elements as nodes. */
export function richText(block, directory) {
  return block.elements.map((element) => part(element, directory))
}
