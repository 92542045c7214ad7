import { channelPanel, threadPanel } from './panels.js'
import { openLauncher } from './incidents.js'
import { prepareModal, renderModal } from './modal.js'
import { patch } from './patch.js'
import { rail } from './rail.js'
import { openStore, send } from './store.js'

const parts = Object.fromEntries(
  ['rail', 'channel', 'thread', 'modal', 'incidents', 'notice'].map((id) => [id, document.getElementById(id)]),
)
const view = {
  channel: undefined,
  thread: undefined,
  unread: new Set(),
  pressed: new Map(),
  online: true,
  focusThread: false,
}
const store = await openStore(onChange)

function notify(text) {
  parts.notice.textContent = text
  setTimeout(() => {
    if (parts.notice.textContent === text) parts.notice.textContent = ''
  }, 6000)
}

/** Runs an act of the visitor and tells them when it fails. */
async function attempt(promise) {
  try {
    const answer = await promise
    if (answer.acknowledged === false) notify('The app did not answer in time.')
    return answer
  } catch (error) {
    notify(error.message)
    throw error
  }
}

function quietly(promise) {
  return attempt(promise).catch(() => undefined)
}

function directory() {
  const { snapshot } = store
  const users = new Map(snapshot.users.map((user) => [user.id, user]))
  const channels = new Map(snapshot.channels.map((channel) => [channel.id, channel.name]))
  return {
    me: snapshot.me,
    bot: snapshot.bot,
    user: (id) => users.get(id),
    userName: (id) => users.get(id)?.realName ?? id,
    channelName: (id) => channels.get(id) ?? id,
    names: new Map(snapshot.users.map((user) => [user.name.toLowerCase(), user.id])),
  }
}

function show(panel) {
  document.body.dataset.panel = panel
}

function openChannel(id) {
  view.channel = id
  view.unread.delete(id)
  if (view.thread?.channel !== id) view.thread = undefined
  show('channel')
  render()
}

function openThread(channel, ts, focus = false) {
  view.thread = { channel, ts }
  view.focusThread = focus
  show('thread')
  render()
}

const actions = {
  openThread,
  get shortcuts() {
    return store.snapshot.bot.shortcuts
  },
  showRail: () => show('rail'),
  closeThread: () => {
    view.thread = undefined
    show('channel')
    render()
    document.getElementById('composer-channel')?.focus()
  },
  act: (message, actionId, value) => {
    view.pressed.set(`${message.channel}/${message.ts}/${actionId}`, value)
    render()
    return quietly(
      send('POST', '/workspace/actions', {
        channel: message.channel,
        ts: message.ts,
        actionId,
        ...(value === undefined ? {} : { value }),
      }),
    )
  },
  pressed: (key, actionId, value) => view.pressed.get(`${key}/${actionId}`) === value,
  actInView: (viewId, actionId, value) =>
    quietly(send('POST', '/workspace/actions', { viewId, actionId, ...(value === undefined ? {} : { value }) })),
  shortcut: (callbackId, message) =>
    quietly(
      send('POST', `/workspace/shortcuts/${encodeURIComponent(callbackId)}`, {
        channel: message.channel,
        ts: message.ts,
      }),
    ),
  say: (channel, text, threadTs) =>
    attempt(send('POST', '/workspace/messages', { channel, text, ...(threadTs === undefined ? {} : { threadTs }) })),
  stop: (thread) => quietly(send('POST', '/workspace/stop', { channel: thread.channel, threadTs: thread.ts })),
}

function onFired(place) {
  if (!place?.ts) return
  view.channel = place.channel
  openThread(place.channel, place.ts)
}

async function openDirect() {
  await quietly(send('POST', '/workspace/home/messages'))
  await quietly(send('POST', '/workspace/home/home'))
  await store.refresh()
  const direct = store.snapshot.channels.find(({ kind }) => kind === 'im')
  if (direct) openChannel(direct.id)
}

function render() {
  const { snapshot, incidents } = store
  const names = directory()
  const handlers = { onFired, say: notify }
  view.channel ??= snapshot.channels.find(({ name }) => name === 'alerts')?.id ?? snapshot.channels[0]?.id
  const channel = snapshot.channels.find(({ id }) => id === view.channel)
  patch(
    parts.rail,
    rail({
      snapshot,
      directory: names,
      current: view.channel,
      unread: view.unread,
      online: view.online,
      incidentCount: incidents.length,
      onChannel: openChannel,
      onDirect: () => void openDirect(),
      onIncidents: () => openLauncher(parts.incidents, incidents, handlers),
    }),
  )
  if (channel) patch(parts.channel, channelPanel({ channel, snapshot, directory: names, actions, incidents, handlers }))
  parts.thread.hidden = !view.thread
  document.body.classList.toggle('has-thread', Boolean(view.thread))
  if (view.thread) patch(parts.thread, threadPanel({ thread: view.thread, snapshot, directory: names, actions }))
  if (view.focusThread) document.getElementById('composer-thread')?.focus()
  view.focusThread = false
  renderModal(parts.modal, snapshot.views, { directory: names, say: notify })
}

let queued = false

/** Many changes at once, one drawing. */
function renderSoon() {
  if (queued) return
  queued = true
  requestAnimationFrame(() => {
    queued = false
    render()
  })
}

function onChange(kind, detail) {
  if (kind === 'connection') view.online = detail
  if (kind === 'message' && detail.message.channel !== view.channel) view.unread.add(detail.message.channel)
  renderSoon()
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && view.thread && !document.querySelector('dialog[open]')) actions.closeThread()
})

prepareModal(parts.modal)
render()
