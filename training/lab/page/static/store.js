/**
 * The page's copy of the workspace: one snapshot, then changes over Server-Sent Events. `onChange(kind, detail)` is told of
 * each. `refresh()` fetches the snapshot anew.
 */
export async function openStore(onChange) {
  const store = {
    snapshot: await getJson('/workspace/state'),
    incidents: await getJson('/workspace/incidents'),
    refresh,
  }
  const stream = new EventSource('/workspace/stream')
  let waiting

  const take = (change) => {
    if (change.kind === 'channel') {
      void refresh().then(() => onChange('channel', change))
      return
    }
    apply(store.snapshot, change)
    onChange(change.kind, change)
  }

  /** What changes while a snapshot is on its way may be missing in it, so it is applied again: every change is an upsert. */
  async function refresh() {
    const later = []
    waiting = later
    const known = new Set(store.snapshot.messages.map(({ ts }) => ts))
    const snapshot = await getJson('/workspace/state')
    store.snapshot = snapshot
    if (waiting === later) waiting = undefined
    for (const change of later) apply(snapshot, change)
    for (const message of snapshot.messages) if (!known.has(message.ts)) onChange('message', { message })
  }

  stream.addEventListener('message', ({ data }) => {
    const change = JSON.parse(data)
    waiting?.push(change)
    take(change)
  })
  stream.addEventListener('error', () => {
    onChange('connection', false)
  })
  // What happened between the snapshot and the stream, or while the connection was away, is in a new snapshot.
  stream.addEventListener('open', () => {
    void refresh().then(() => {
      onChange('connection', stream.readyState === EventSource.OPEN)
    })
  })
  return store
}

function apply(snapshot, change) {
  switch (change.kind) {
    case 'message':
      snapshot.messages = [...snapshot.messages.filter(({ ts }) => ts !== change.message.ts), change.message].sort(
        (a, b) => Number(a.ts) - Number(b.ts),
      )
      refreshRoot(snapshot, change.message)
      break
    case 'message_deleted':
      snapshot.messages = snapshot.messages.filter(({ ts }) => ts !== change.message.ts)
      refreshRoot(snapshot, change.message)
      break
    case 'view':
      if (change.view.type === 'home') snapshot.home = change.view
      else snapshot.views = [...snapshot.views.filter(({ id }) => id !== change.view.id), change.view]
      break
    case 'view_closed':
      snapshot.views = snapshot.views.filter(({ id }) => id !== change.viewId)
      break
    case 'thread_status': {
      const thread = `${change.channel}:${change.threadTs}`
      snapshot.statuses = [
        ...snapshot.statuses.filter((status) => status.thread !== thread),
        ...(change.status ? [{ thread, status: change.status }] : []),
      ]
      break
    }
    case 'session':
      snapshot.sessions = [
        ...snapshot.sessions.filter(
          ({ threadTs, channel }) => threadTs !== change.session.threadTs || channel !== change.session.channel,
        ),
        change.session,
      ]
      break
    default:
      break
  }
}

/** A thread's root counts its replies; the stream tells of the reply only. */
function refreshRoot(snapshot, reply) {
  if (!reply.thread_ts || reply.thread_ts === reply.ts || reply.ephemeral) return
  const root = snapshot.messages.find(({ ts, channel }) => ts === reply.thread_ts && channel === reply.channel)
  if (!root) return
  const all = snapshot.messages.filter(
    (message) =>
      message.thread_ts === root.ts && message.ts !== root.ts && message.channel === root.channel && !message.ephemeral,
  )
  root.reply_count = all.length
  root.latest_reply = all.at(-1)?.ts
}

async function getJson(path) {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return response.json()
}

/** Sends JSON; answers JSON, or throws with the server's own reason. */
export async function send(method, path, body = {}) {
  const request = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(path, request)
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(answer.error ?? `The workspace answered ${response.status}.`)
  return answer
}
