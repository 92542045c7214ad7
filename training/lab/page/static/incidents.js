import { h, icon } from './dom.js'
import { send } from './store.js'

/** The incidents as cards, each with its button. `onFired({channel, ts})` is told of the alert; `say` of a failure. */
export function incidentCards(incidents, { onFired, say }) {
  const fire = async (button, incident) => {
    button.disabled = true
    button.textContent = 'Firing…'
    try {
      onFired(await send('POST', `/workspace/incidents/${encodeURIComponent(incident.id)}/fire`))
    } catch (error) {
      say(error.message)
    } finally {
      button.disabled = false
      button.textContent = 'Fire alert'
    }
  }
  return h(
    'ul',
    { class: 'incident-list' },
    ...incidents.map((incident) =>
      h(
        'li',
        { class: 'incident' },
        h('div', {}, h('strong', {}, incident.title), h('p', { class: 'muted' }, incident.description)),
        h(
          'button',
          {
            type: 'button',
            class: 'button button-primary',
            'data-incident': incident.id,
            'aria-label': `Fire alert: ${incident.title}`,
            onclick: (event) => void fire(event.currentTarget, incident),
          },
          'Fire alert',
        ),
      ),
    ),
  )
}

/** Opens the launcher. */
export function openLauncher(dialog, incidents, { onFired, say }) {
  const close = () => dialog.close()
  dialog.replaceChildren(
    h(
      'header',
      { class: 'modal-head' },
      h('h2', { id: 'incidents-title' }, icon('alarm'), ' Incidents'),
      h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: close }, icon('close')),
    ),
    h(
      'div',
      { class: 'modal-body' },
      h('p', { class: 'muted' }, 'Each one is a small world gone wrong. Fire its alert and watch the thread.'),
      incidentCards(incidents, {
        say,
        onFired: (place) => {
          close()
          onFired(place)
        },
      }),
    ),
  )
  dialog.showModal()
}
