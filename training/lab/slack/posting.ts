import type { EventFeed } from './events.ts'
import { channelType } from './events.ts'
import type { InstalledApp, SlackChannel, SlackMessage, WireBlock, WireObject } from './records.ts'
import { findMessage, messagesOf, threadKey, threadOf, type WorkspaceState } from './state.ts'

/** What a person or an app wants to say; the author's fields come from `authorFields` or are a person's id. */
export interface Draft {
  readonly author: { readonly user: string } & Partial<SlackMessage>
  readonly text: string
  readonly blocks?: readonly WireBlock[]
  readonly attachments?: readonly WireObject[]
  readonly files?: readonly WireObject[]
  readonly metadata?: WireObject
  readonly threadTs?: string
  readonly broadcast?: boolean
  readonly streaming?: boolean
}

export interface Posting {
  /** Stores and announces a message, and sends its events. The thread must exist. */
  post(channel: SlackChannel, draft: Draft): SlackMessage
  /** Replaces fields of a message and sends `message_changed`. */
  change(channel: SlackChannel, message: SlackMessage, patch: Partial<SlackMessage>): SlackMessage
  /** Removes a message and sends `message_deleted`. */
  remove(channel: SlackChannel, message: SlackMessage): void
  /** Shows a message to one person only; it is in no history and causes no event. */
  whisper(channel: SlackChannel, user: string, draft: Draft): SlackMessage
}

/** The fields with which an app's bot signs a message, as of a granular bot: no subtype, but bot and app named. */
export function authorFields(state: WorkspaceState, app: InstalledApp): { user: string } & Partial<SlackMessage> {
  return {
    user: app.botUserId,
    bot_id: app.botId,
    app_id: app.id,
    bot_profile: {
      id: app.botId,
      deleted: false,
      name: app.name,
      updated: state.ids.seconds(),
      app_id: app.id,
      user_id: app.botUserId,
      icons: {},
      team_id: state.team.id,
    },
  }
}

/** Blocks with a block_id each, as Slack stores them. */
export function identified(state: WorkspaceState, blocks: readonly WireBlock[]): WireBlock[] {
  return blocks.map((block) => ({ ...block, block_id: block.block_id ?? state.ids.id('b') }))
}

function identifiedAttachments(state: WorkspaceState, attachments: readonly WireObject[]): WireObject[] {
  return attachments.map((attachment, index) => ({
    id: index + 1,
    fallback: '[no preview available]',
    ...attachment,
    ...(Array.isArray(attachment['blocks']) ? { blocks: identified(state, attachment['blocks']) } : {}),
  }))
}

function compose(state: WorkspaceState, channel: SlackChannel, draft: Draft): SlackMessage {
  const root = draft.threadTs === undefined ? undefined : findMessage(state, channel.id, draft.threadTs)
  return {
    type: 'message',
    ...(draft.broadcast && root ? { subtype: 'thread_broadcast' } : {}),
    ...draft.author,
    ts: state.ids.ts(),
    text: draft.text,
    team: state.team.id,
    ...(draft.author.bot_id === undefined ? { client_msg_id: crypto.randomUUID() } : {}),
    ...(draft.blocks?.length ? { blocks: identified(state, draft.blocks) } : {}),
    ...(draft.attachments?.length ? { attachments: identifiedAttachments(state, draft.attachments) } : {}),
    ...(draft.files?.length ? { files: [...draft.files] } : {}),
    ...(draft.metadata ? { metadata: draft.metadata } : {}),
    ...(draft.threadTs === undefined
      ? {}
      : { thread_ts: draft.threadTs, ...(root ? { parent_user_id: root.user } : {}) }),
    ...(draft.streaming ? { streaming_state: 'in_progress' as const } : {}),
  }
}

function countReply(state: WorkspaceState, channel: SlackChannel, threadTs: string): void {
  const [root, ...replies] = threadOf(state, channel.id, threadTs)
  if (!root) return
  const users = [...new Set(replies.map((reply) => reply.user))]
  const latest = replies.at(-1)
  root.thread_ts = root.ts
  root.reply_count = replies.length
  root.reply_users = users
  root.reply_users_count = users.length
  if (latest) root.latest_reply = latest.ts
}

/** The `message` event of a new message; a mention is the same event under another type, without channel_type. */
function messageEvent(channel: SlackChannel, message: SlackMessage, root: SlackMessage | undefined): WireObject {
  const { metadata: _private, ...visible } = message
  return {
    ...visible,
    channel: channel.id,
    event_ts: message.ts,
    channel_type: channelType(channel),
    ...(message.subtype === 'thread_broadcast' && root ? { root } : {}),
  }
}

function sendMention(state: WorkspaceState, feed: EventFeed, channel: SlackChannel, event: WireObject): void {
  if (channel.kind === 'im') return
  const { channel_type: _untold, ...mention } = event
  for (const app of state.apps.values()) {
    const named = String(event['text']).includes(`<@${app.botUserId}>`)
    if (named && channel.members.has(app.botUserId) && event['bot_id'] !== app.botId)
      feed.toApp(app, { ...mention, type: 'app_mention' }, channel)
  }
}

function changedEvent(state: WorkspaceState, channel: SlackChannel, fields: WireObject): WireObject {
  const ts = state.ids.ts()
  return {
    type: 'message',
    hidden: true,
    channel: channel.id,
    ts,
    event_ts: ts,
    channel_type: channelType(channel),
    ...fields,
  }
}

/** Writing in channels: one way for people, apps and response URLs, so that the same events follow from each. */
export function createPosting(state: WorkspaceState, feed: EventFeed): Posting {
  return {
    post: (channel, draft) => {
      const message = compose(state, channel, draft)
      messagesOf(state, channel.id).push(message)
      if (message.thread_ts !== undefined) {
        countReply(state, channel, message.thread_ts)
        const { thread_ts: threadTs } = message
        const hadStatus = state.threadStatuses.delete(threadKey(channel.id, threadTs))
        if (hadStatus) state.announce({ kind: 'thread_status', channel: channel.id, threadTs, status: '' })
      }
      state.announce({ kind: 'message', channel: channel.id, message })
      const event = messageEvent(
        channel,
        message,
        message.thread_ts === undefined ? undefined : findMessage(state, channel.id, message.thread_ts),
      )
      sendMention(state, feed, channel, event)
      feed.inChannel(channel, event)
      return message
    },
    change: (channel, message, patch) => {
      const previous = structuredClone(message)
      Object.assign(message, patch)
      state.announce({ kind: 'message_changed', channel: channel.id, message })
      feed.inChannel(
        channel,
        changedEvent(state, channel, {
          subtype: 'message_changed',
          message: structuredClone(message),
          previous_message: previous,
        }),
      )
      return message
    },
    remove: (channel, message) => {
      const all = messagesOf(state, channel.id)
      all.splice(all.indexOf(message), 1)
      if (message.thread_ts !== undefined) countReply(state, channel, message.thread_ts)
      state.announce({ kind: 'message_deleted', channel: channel.id, message })
      feed.inChannel(
        channel,
        changedEvent(state, channel, { subtype: 'message_deleted', deleted_ts: message.ts, previous_message: message }),
      )
    },
    whisper: (channel, user, draft) => {
      const message = compose(state, channel, draft)
      state.ephemerals.push({ channel: channel.id, user, message })
      state.announce({ kind: 'ephemeral', channel: channel.id, user, message })
      return message
    },
  }
}
