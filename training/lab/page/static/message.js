import { blocks } from './blocks.js'
import { h, icon } from './dom.js'
import { mrkdwn, emoji } from './inline-text.js'

const openParts = new Map()

function clock(ts) {
  return new Date(Number(ts) * 1000).toLocaleTimeString('en-GB', {
    timeZone: 'UTC',
    hour: '2-digit',
    minute: '2-digit',
  })
}

/** The day of a timestamp, as a line between messages shows it. */
export function dayOf(ts) {
  return new Date(Number(ts) * 1000).toLocaleDateString('en-GB', {
    timeZone: 'UTC',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  })
}

function moment(ts) {
  const at = new Date(Number(ts) * 1000)
  return h(
    'time',
    { datetime: at.toISOString(), title: `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC` },
    clock(ts),
  )
}

/** A person's or bot's picture: initials on a colour of their own. */
export function avatar(user) {
  const initials = (user?.realName ?? '?')
    .split(/\s+/)
    .map((word) => word[0])
    .join('')
    .slice(0, 2)
    .toUpperCase()
  const tone = [...(user?.id ?? '')].reduce((sum, character) => sum + character.charCodeAt(0), 0) % 6
  return h('span', { class: `avatar tone-${tone}${user?.isBot ? ' avatar-bot' : ''}`, 'aria-hidden': 'true' }, initials)
}

function attachment(given, context) {
  const bar = h('span', { class: 'attachment-bar' })
  if (/^#?[0-9a-f]{6}$/i.test(given.color ?? ''))
    bar.style.background = given.color.startsWith('#') ? given.color : `#${given.color}`
  const body = given.blocks
    ? blocks(given.blocks, context)
    : [
        ...(given.title ? [h('strong', {}, given.title)] : []),
        ...mrkdwn(given.text ?? given.fallback ?? '', context.directory),
      ]
  return h('div', { class: 'attachment' }, bar, h('div', { class: 'attachment-body' }, ...body))
}

function replies(message, actions) {
  if (!message.reply_count) return null
  const label = `${message.reply_count} ${message.reply_count === 1 ? 'reply' : 'replies'}`
  return h(
    'button',
    {
      type: 'button',
      class: 'replies',
      'data-key': 'replies',
      onclick: () => actions.openThread(message.channel, message.ts),
    },
    icon('thread'),
    h('strong', {}, label),
    h('span', { class: 'muted' }, `last ${clock(message.latest_reply ?? message.ts)}`),
  )
}

function toolbar(message, actions, inThread) {
  const shortcuts = message.ephemeral
    ? []
    : actions.shortcuts.map(({ callbackId, name }) =>
        h(
          'button',
          {
            type: 'button',
            class: 'tool',
            'data-key': `shortcut-${callbackId}`,
            onclick: () => void actions.shortcut(callbackId, message),
          },
          name,
        ),
      )
  const reply =
    inThread || message.ephemeral
      ? null
      : h(
          'button',
          {
            type: 'button',
            class: 'tool',
            'data-key': 'reply',
            onclick: () => actions.openThread(message.channel, message.thread_ts ?? message.ts, true),
          },
          'Reply in thread',
        )
  return h('div', { class: 'toolbar', role: 'toolbar', 'aria-label': 'Message' }, reply, ...shortcuts)
}

function content(message, context) {
  const body = message.blocks?.length ? blocks(message.blocks, context) : mrkdwn(message.text, context.directory)
  // An alert whose text is its only title: shown above its attachments, as Slack does.
  const attached = (message.attachments ?? []).map((given) => attachment(given, context))
  const files = (message.files ?? []).map((file) =>
    h('p', { class: 'file' }, `📄 ${file.title ?? file.name} (${file.size} bytes)`),
  )
  return [...body, ...attached, ...files]
}

function reactions(message, directory) {
  if (!message.reactions?.length) return null
  const chips = message.reactions.map(({ name, users }) =>
    h('li', { title: users.map((id) => directory.userName(id)).join(', ') }, emoji(name), ` ${users.length}`),
  )
  return h('ul', { class: 'reactions', 'aria-label': 'Reactions' }, ...chips)
}

/**
 * One message as an article. `actions`: `act`, `openThread`, `shortcut`, `shortcuts`, `pressed`; `directory`: names by id.
 * `inThread` leaves out what leads to the thread.
 */
export function message(given, { directory, actions, inThread, compact }) {
  const user = directory.user(given.user)
  const key = `${given.channel}/${given.ts}`
  const context = {
    directory,
    key,
    act: (actionId, value) => actions.act(given, actionId, value),
    pressed: (actionId, value) => actions.pressed(key, actionId, value),
    isOpen: (part, otherwise) => openParts.get(part) ?? otherwise,
    setOpen: (part, open) => openParts.set(part, open),
  }
  const name = user?.realName ?? given.bot_profile?.name ?? 'Slackbot'
  const notes = [
    user?.isBot ? h('span', { class: 'badge' }, 'App') : null,
    moment(given.ts),
    given.edited && !user?.isBot ? h('span', { class: 'muted' }, '(edited)') : null,
  ]
  return h(
    'article',
    {
      class: `message${compact ? ' message-compact' : ''}${given.ephemeral ? ' message-ephemeral' : ''}`,
      'data-ts': given.ts,
      'aria-label': `${name}, ${clock(given.ts)}`,
    },
    avatar(user),
    h(
      'div',
      { class: 'message-body' },
      given.ephemeral ? h('p', { class: 'muted only-you' }, 'Only visible to you') : null,
      given.subtype === 'thread_broadcast' && !inThread
        ? h('p', { class: 'muted only-you' }, 'Replied to a thread')
        : null,
      h('header', { class: 'message-head' }, h('strong', { class: 'author' }, name), ...notes),
      h('div', { class: 'message-content' }, ...content(given, context)),
      given.streaming_state === 'in_progress' ? h('p', { class: 'streaming', role: 'status' }, 'writing…') : null,
      reactions(given, directory),
      inThread ? null : replies(given, actions),
    ),
    toolbar(given, actions, inThread),
  )
}
