import { h, icon } from './dom.js'
import { avatar } from './message.js'

function item(label, { isCurrent, isUnread, onclick, key }) {
  const button = {
    type: 'button',
    class: `rail-item${isUnread ? ' rail-unread' : ''}`,
    'aria-current': isCurrent ? 'page' : null,
    'data-key': key,
    onclick,
  }
  const news = isUnread ? h('span', { class: 'visually-hidden' }, ' (new messages)') : null
  return h('li', {}, h('button', button, ...label, news))
}

function channelItem(channel, { current, unread, onChannel }) {
  const symbol = channel.kind === 'private' ? icon('lock') : '#'
  return item([h('span', { class: 'rail-symbol', 'aria-hidden': 'true' }, symbol), h('span', {}, channel.name)], {
    isCurrent: channel.id === current,
    isUnread: unread.has(channel.id),
    onclick: () => onChannel(channel.id),
    key: `channel-${channel.id}`,
  })
}

function connection(online) {
  return h('span', { class: 'connection', role: 'status' }, online ? '' : 'reconnecting…')
}

/**
 * The left rail: workspace, launcher, channels, the bot's direct message and who the visitor is. `options`: `snapshot`,
 * `directory`, `current` and `unread` channel ids, `online`, `incidentCount`, `onChannel(id)`, `onDirect`, `onIncidents`.
 */
export function rail(options) {
  const { snapshot, directory, current, unread } = options
  const channels = snapshot.channels.filter(({ kind }) => kind !== 'im')
  const direct = snapshot.channels.find(({ kind }) => kind === 'im')
  const me = directory.user(snapshot.me)
  const launcher = {
    type: 'button',
    class: 'button rail-incidents',
    'data-key': 'incidents',
    onclick: options.onIncidents,
  }
  const bot = item([avatar(directory.user(snapshot.bot.userId)), h('span', {}, snapshot.bot.name)], {
    isCurrent: direct !== undefined && direct.id === current,
    isUnread: direct !== undefined && unread.has(direct.id),
    onclick: options.onDirect,
    key: 'direct',
  })
  return [
    h('header', { class: 'rail-head' }, h('strong', {}, snapshot.team), connection(options.online)),
    h(
      'button',
      launcher,
      icon('alarm'),
      h('span', {}, 'Incidents'),
      h('span', { class: 'count' }, options.incidentCount),
    ),
    h('h2', { class: 'rail-title' }, 'Channels'),
    h('ul', { class: 'rail-list' }, ...channels.map((channel) => channelItem(channel, options))),
    h('h2', { class: 'rail-title' }, 'Apps'),
    h('ul', { class: 'rail-list' }, bot),
    h('footer', { class: 'rail-foot' }, avatar(me), h('span', {}, me?.realName ?? '')),
  ]
}
