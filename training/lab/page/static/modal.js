import { blocks } from './blocks.js'
import { h, icon } from './dom.js'
import { send } from './store.js'

/** What stands in a modal's inputs, by action id. */
function entered(form) {
  const values = {}
  for (const input of form.querySelectorAll('[name]')) {
    if ((input.type === 'checkbox' || input.type === 'radio') && !input.checked) continue
    values[input.name] =
      input.type === 'checkbox' && values[input.name] ? `${values[input.name]},${input.value}` : input.value
  }
  return values
}

function showErrors(form, errors) {
  for (const field of form.querySelectorAll('.field')) {
    const message = errors[field.dataset.block]
    const slot = field.querySelector('.field-error')
    slot.hidden = !message
    slot.textContent = message ?? ''
    field.querySelector('input, textarea, select')?.toggleAttribute('aria-invalid', Boolean(message))
  }
  form.querySelector('[aria-invalid]')?.focus()
}

function viewActs(view, say) {
  const told = (promise) => promise.catch((error) => say(error.message))
  return {
    dismiss: () => told(send('DELETE', `/workspace/views/${view.id}`)),
    act: (actionId, value) =>
      told(
        send('POST', '/workspace/actions', { viewId: view.id, actionId, ...(value === undefined ? {} : { value }) }),
      ),
    submit: async (form) => {
      const { outcome, errors } = await send('POST', `/workspace/views/${view.id}`, entered(form))
      if (outcome === 'errors') showErrors(form, errors)
      else if (outcome === 'not_acknowledged') say('The app did not answer in time. Your text is still here.')
    },
  }
}

function head(view, dismiss) {
  const close = { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: () => void dismiss() }
  return h(
    'header',
    { class: 'modal-head' },
    h('h2', { id: 'modal-title' }, view.title?.text ?? ''),
    h('button', close, icon('close')),
  )
}

function foot(view, dismiss) {
  const closing = { type: 'button', class: 'button', onclick: () => void dismiss() }
  return h(
    'footer',
    { class: 'modal-foot' },
    h('button', closing, view.close?.text ?? (view.submit ? 'Cancel' : 'Close')),
    view.submit ? h('button', { type: 'submit', class: 'button button-primary' }, view.submit.text) : null,
  )
}

let dismissTopmost = () => undefined

/** Prepares the dialog once: Escape closes the view that is on top. */
export function prepareModal(dialog) {
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    dismissTopmost()
  })
}

/** Shows the topmost open view in the dialog, or closes the dialog when there is none. */
export function renderModal(dialog, views, { directory, say }) {
  const view = views.at(-1)
  if (!view) {
    if (dialog.open) dialog.close()
    dialog.replaceChildren()
    delete dialog.dataset.version
    return
  }
  // What somebody is typing stays, unless the app changed the view.
  const version = `${view.id} ${view.hash}`
  if (dialog.open && dialog.dataset.version === version) return
  dialog.dataset.version = version
  const { dismiss, act, submit } = viewActs(view, say)
  dismissTopmost = () => void dismiss()
  const context = {
    directory,
    form: true,
    key: view.id,
    act,
    isOpen: (_part, otherwise) => otherwise,
    setOpen: () => undefined,
  }
  const onsubmit = (event) => {
    event.preventDefault()
    submit(event.currentTarget).catch((error) => say(error.message))
  }
  const body = h('div', { class: 'modal-body' }, ...blocks(view.blocks, context))
  dialog.replaceChildren(
    h('form', { class: 'modal-form', novalidate: true, onsubmit }, head(view, dismiss), body, foot(view, dismiss)),
  )
  if (!dialog.open) dialog.showModal()
}
