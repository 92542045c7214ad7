/**
 * Puts new nodes into a panel, leaving alone what did not change: an element that looks the same stays the same element, so
 * that a press is not lost between mouse down and up, nor a selection or a spinner's turn. An element marked `data-keep`
 * stays as long as its mark does (a message box being typed in); one marked `data-scroll` is patched within.
 * What an element's listeners do must be told by its attributes.
 */
function patchChildren(parent, nodes) {
  for (const [index, fresh] of nodes.entries()) {
    const present = parent.childNodes[index]
    if (!present) parent.append(fresh)
    else if (!stays(present, fresh)) present.replaceWith(fresh)
  }
  while (parent.childNodes.length > nodes.length) parent.lastChild.remove()
}

function stays(present, fresh) {
  if (present.isEqualNode(fresh)) return true
  const keeps = present.dataset?.keep !== undefined && present.dataset.keep === fresh.dataset?.keep
  const scrolls = present.dataset?.scroll !== undefined && present.dataset.scroll === fresh.dataset?.scroll
  if (scrolls) patchChildren(present, [...fresh.childNodes])
  return keeps || scrolls
}

const endPixels = 60

/** Patches a panel; a list at its end stays at its end, and focus that was in a replaced element goes to its successor. */
export function patch(panel, nodes) {
  const active = panel.contains(document.activeElement) ? document.activeElement : undefined
  const key = active?.dataset.key
  const owner = active?.closest('[data-ts]')?.dataset.ts
  const list = panel.querySelector('[data-scroll]')
  const wasAtEnd = !list || list.scrollHeight - list.scrollTop - list.clientHeight < endPixels
  patchChildren(panel, nodes.filter(Boolean))
  const now = panel.querySelector('[data-scroll]')
  if (now && (now !== list || wasAtEnd)) now.scrollTop = now.scrollHeight
  if (!key || panel.contains(active)) return
  const within = owner ? `[data-ts="${CSS.escape(owner)}"] ` : ''
  panel.querySelector(`${within}[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true })
}
