import { h, icon } from './dom.js'

const drafts = new Map()

/**
 * A message box. Enter sends, Shift+Enter breaks the line; what was typed is kept per place. `onSend(text)` resolves when sent;
 * `names` are the people and bots that `@name` may mean, by lower-case name to id.
 */
export function composer({ id, place, label, names, onSend }) {
  const input = h('textarea', {
    id,
    class: 'composer-input',
    rows: '1',
    'aria-label': label,
    placeholder: label,
    'data-key': id,
    oninput: () => {
      drafts.set(place, input.value)
      grow(input)
      button.disabled = input.value.trim() === ''
    },
    onkeydown: (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
      event.preventDefault()
      void submit()
    },
  })
  const button = h(
    'button',
    { type: 'submit', class: 'composer-send', 'aria-label': 'Send', disabled: true },
    icon('send'),
  )
  input.value = drafts.get(place) ?? ''
  button.disabled = input.value.trim() === ''

  const submit = async () => {
    const text = input.value.trim()
    if (text === '') return
    input.value = ''
    drafts.delete(place)
    button.disabled = true
    grow(input)
    try {
      await onSend(wire(text, names))
    } catch (error) {
      input.value = text
      drafts.set(place, text)
      throw error
    }
  }
  requestAnimationFrame(() => grow(input))
  return h(
    'form',
    {
      class: 'composer',
      'data-keep': place,
      onsubmit: (event) => {
        event.preventDefault()
        void submit()
      },
    },
    input,
    button,
  )
}

function grow(input) {
  input.style.height = 'auto'
  input.style.height = `${Math.min(input.scrollHeight, 180)}px`
}

/** Typed text as Slack's client sends it: `&<>` escaped, `@name` as a mention. Commands stay as typed. */
function wire(text, names) {
  if (text.startsWith('/')) return text
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return escaped.replace(/(^|\s)@([\w.-]+)/g, (whole, before, name) => {
    const id = names.get(name.toLowerCase())
    return id ? `${before}<@${id}>` : whole
  })
}
