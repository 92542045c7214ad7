import { blocks } from './blocks.js'
import { composer } from './composer.js'
import { h, icon } from './dom.js'
import { incidentCards } from './incidents.js'
import { dayOf, message } from './message.js'

const compactSeconds = 300

function isPlain({ blocks: list = [], attachments, ephemeral, reply_count: replies }) {
  return !ephemeral && !replies && !attachments && list.every(({ type }) => type === 'rich_text')
}

/** Messages in order, a line before each new day, and no second head for the same author within five minutes. */
function messageList(list, options) {
  const nodes = []
  let previous
  for (const given of list) {
    const day = dayOf(given.ts)
    if (!previous || day !== dayOf(previous.ts))
      nodes.push(h('div', { class: 'day', role: 'separator' }, h('span', {}, day)))
    const compact =
      previous &&
      previous.user === given.user &&
      Number(given.ts) - Number(previous.ts) < compactSeconds &&
      isPlain(given) &&
      isPlain(previous)
    nodes.push(message(given, { ...options, compact: Boolean(compact) && day === dayOf(previous.ts) }))
    previous = given
  }
  return nodes
}

function channelTitle(channel, directory) {
  return channel.kind === 'im'
    ? directory.userName(directory.bot.userId)
    : `${channel.kind === 'private' ? '' : '#'}${channel.name}`
}

function emptyState(channel, incidents, handlers) {
  if (channel.kind === 'im')
    return [h('p', { class: 'empty' }, 'Ask the bot something. What it answers stays between you.')]
  if (incidents.length === 0 || channel.name !== 'alerts')
    return [h('p', { class: 'empty' }, 'Nobody has written here yet.')]
  return [
    h(
      'div',
      { class: 'empty-alerts' },
      h('h2', {}, 'All quiet'),
      h(
        'p',
        {},
        'This is where Sentry posts its alerts. Fire one of these incidents, and the bot investigates it in the alert’s thread.',
      ),
      incidentCards(incidents, handlers),
    ),
  ]
}

function typing(status) {
  return status ? h('p', { class: 'typing', role: 'status' }, icon('in_progress'), status) : null
}

/** The channel: head, messages (top-level and broadcast ones) and composer; the bot's direct message also shows its Home. */
export function channelPanel({ channel, snapshot, directory, actions, incidents, handlers }) {
  const list = snapshot.messages.filter(
    (given) =>
      given.channel === channel.id &&
      (given.ephemeral
        ? !given.thread_ts
        : !given.thread_ts || given.thread_ts === given.ts || given.subtype === 'thread_broadcast'),
  )
  const home =
    channel.kind === 'im' && snapshot.home
      ? h(
          'section',
          { class: 'home', 'aria-label': 'Home' },
          ...blocks(snapshot.home.blocks, viewContext(snapshot.home, directory, actions)),
        )
      : null
  return [
    h(
      'header',
      { class: 'panel-head' },
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button only-narrow',
          'aria-label': 'Channels',
          'data-key': 'to-rail',
          onclick: actions.showRail,
        },
        icon('back'),
      ),
      h('h1', {}, channelTitle(channel, directory)),
      h('p', { class: 'muted topic' }, channel.topic ?? ''),
    ),
    h(
      'div',
      {
        class: 'messages',
        tabindex: '0',
        role: 'log',
        'aria-label': 'Messages',
        'data-scroll': `channel-${channel.id}`,
      },
      home,
      ...(list.length > 0
        ? messageList(list, { directory, actions, inThread: false })
        : emptyState(channel, incidents, handlers)),
    ),
    composer({
      id: 'composer-channel',
      place: channel.id,
      label: channel.kind === 'im' ? `Message ${directory.userName(directory.bot.userId)}` : `Message #${channel.name}`,
      names: directory.names,
      onSend: (text) => actions.say(channel.id, text),
    }),
  ]
}

function viewContext(view, directory, actions) {
  return {
    directory,
    key: view.id,
    act: (actionId, value) => actions.actInView(view.id, actionId, value),
    isOpen: (_part, otherwise) => otherwise,
    setOpen: () => undefined,
  }
}

/** One thread: its root, its replies, what the bot is doing, Stop, and a composer. */
export function threadPanel({ thread, snapshot, directory, actions }) {
  const list = snapshot.messages.filter(
    (given) => given.channel === thread.channel && (given.ts === thread.ts || given.thread_ts === thread.ts),
  )
  const channel = snapshot.channels.find(({ id }) => id === thread.channel)
  const status = snapshot.statuses.find((given) => given.thread === `${thread.channel}:${thread.ts}`)?.status
  const session = snapshot.sessions.find(({ channel: at, threadTs }) => at === thread.channel && threadTs === thread.ts)
  const stop =
    session?.status === 'processing'
      ? h(
          'button',
          {
            type: 'button',
            class: 'button',
            'data-key': 'stop',
            'data-thread': thread.ts,
            onclick: () => actions.stop(thread),
          },
          icon('stop'),
          'Stop',
        )
      : null
  return [
    h(
      'header',
      { class: 'panel-head' },
      h('h1', {}, 'Thread'),
      h('p', { class: 'muted topic' }, channel ? channelTitle(channel, directory) : ''),
      stop,
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button',
          'aria-label': 'Close thread',
          'data-key': 'close-thread',
          onclick: actions.closeThread,
        },
        icon('close'),
      ),
    ),
    h(
      'div',
      { class: 'messages', tabindex: '0', role: 'log', 'aria-label': 'Replies', 'data-scroll': `thread-${thread.ts}` },
      ...messageList(list, { directory, actions, inThread: true }),
      typing(status),
    ),
    composer({
      id: 'composer-thread',
      place: `${thread.channel}/${thread.ts}`,
      label: 'Reply in thread',
      names: directory.names,
      onSend: (text) => actions.say(thread.channel, text, thread.ts),
    }),
  ]
}
