/**
 * Makes an element. Attributes are set as such, `on*` ones as listeners, `class` by name; null and false ones are left out.
 * Children that are strings become text nodes: nothing a message says is ever parsed as HTML.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(
    ...children
      .flat(Number.POSITIVE_INFINITY)
      .filter((child) => child !== null && child !== undefined && child !== false),
  )
  return element
}

const iconPaths = {
  pending: ['M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z', false],
  in_progress: ['M8 2.5a5.5 5.5 0 1 1-5.5 5.5', false],
  complete: ['M3.5 8.5l3 3 6-7', false],
  error: ['M4.5 4.5l7 7m0-7l-7 7', false],
  thread: ['M2.5 4h11M2.5 8h11M2.5 12h6', false],
  close: ['M4 4l8 8m0-8l-8 8', false],
  back: ['M10 3L5 8l5 5', false],
  send: ['M2.5 8h10M8.5 4l4 4-4 4', false],
  thumb_up: [
    'M5 7l2.5-4.5c1 0 1.6.8 1.4 1.8L8.5 6.5h3.7c.9 0 1.5.8 1.3 1.6l-1 4c-.2.6-.7 1-1.3 1H5zM2.5 7H5v6.1H2.5z',
    false,
  ],
  thumb_down: [
    'M5 9l2.5 4.5c1 0 1.6-.8 1.4-1.8L8.5 9.5h3.7c.9 0 1.5-.8 1.3-1.6l-1-4c-.2-.6-.7-1-1.3-1H5zM2.5 9H5V2.9H2.5z',
    false,
  ],
  trash: ['M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9', false],
  alarm: ['M8 2v1.5M3.5 13.5h9M4.5 13.5V9a3.5 3.5 0 0 1 7 0v4.5M2.5 6l1 .7M13.5 6l-1 .7', false],
  lock: ['M4.5 7.5h7v5.5h-7zM5.5 7.5V5.5a2.5 2.5 0 0 1 5 0v2', false],
  eyes: [
    'M1.5 8s2.5-4 6.5-4 6.5 4 6.5 4-2.5 4-6.5 4-6.5-4-6.5-4zM8 6.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z',
    false,
  ],
  warning: ['M8 2.5l6 11H2zM8 6.5v3.2M8 11.5v.2', false],
  stop: ['M4.5 4.5h7v7h-7z', true],
}

/** A small drawn icon, silent to screen readers: what it means stands beside it. */
export function icon(name) {
  const [path, filled] = iconPaths[name] ?? iconPaths.pending
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('class', `icon icon-${name}`)
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  shape.setAttribute('d', path)
  shape.setAttribute('class', filled ? 'filled' : 'drawn')
  svg.append(shape)
  return svg
}

/** A link that opens elsewhere; anything but http, https and mailto is shown as text. */
export function link(url, ...children) {
  const safe = /^(https?:\/\/|mailto:)/i.test(url)
  const shown = children.length > 0 ? children : [url]
  return safe
    ? h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', title: url }, ...shown)
    : h('span', {}, ...shown)
}
