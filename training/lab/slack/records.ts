/** A Block Kit block as it travels: checked by blocks/check.ts on the way in, otherwise opaque. */
export type WireBlock = { readonly type: string; readonly block_id?: string; readonly [field: string]: unknown }

/** A JSON object whose fields nobody here interprets. */
export type WireObject = Record<string, unknown>

/** Slack's own answer to a request, with `ok` and, when refused, `error`. */
export type Answer = { readonly ok: true; readonly [field: string]: unknown } | Refusal

/** A refused request: the wire's error code, and detail for the developer where Slack gives it. */
export interface Refusal {
  readonly ok: false
  readonly error: string
  readonly [field: string]: unknown
}

export interface SlackUser {
  readonly id: string
  readonly name: string
  readonly realName: string
  readonly email: string
  readonly isBot: boolean
  readonly botId?: string
  readonly appId?: string
}

export type ChannelKind = 'public' | 'private' | 'im'

export interface SlackChannel {
  readonly id: string
  readonly name: string
  readonly kind: ChannelKind
  /** The person on the other side, for a direct message. */
  readonly withUser?: string
  readonly members: Set<string>
  readonly createdAt: number
  readonly topic: string
  archived: boolean
  externallyShared: boolean
}

export interface Reaction {
  readonly name: string
  users: string[]
}

/** A message exactly as conversations.history returns it; `extra` fields of real Slack that nobody reads are left out. */
export interface SlackMessage {
  type: 'message'
  subtype?: string
  ts: string
  user: string
  text: string
  team: string
  client_msg_id?: string
  bot_id?: string
  app_id?: string
  bot_profile?: WireObject
  blocks?: WireBlock[]
  attachments?: WireObject[]
  files?: WireObject[]
  metadata?: WireObject
  thread_ts?: string
  parent_user_id?: string
  reply_count?: number
  reply_users?: string[]
  reply_users_count?: number
  latest_reply?: string
  edited?: { user: string; ts: string }
  reactions?: Reaction[]
  streaming_state?: 'in_progress' | 'completed'
}

/** An app installed in the workspace, with everything its owner needs to run it. */
export interface InstalledApp {
  readonly id: string
  readonly name: string
  readonly botUserId: string
  readonly botId: string
  readonly botToken: string
  readonly appToken: string
  readonly signingSecret: string
  readonly verificationToken: string
  readonly scopes: ReadonlySet<string>
  readonly events: ReadonlySet<string>
  readonly commands: readonly string[]
  readonly shortcuts: readonly Shortcut[]
  /** Where events go when Socket Mode is off. */
  requestUrl?: string
}

export interface Shortcut {
  readonly callbackId: string
  readonly name: string
  readonly type: 'message' | 'global'
}

/** A modal or Home view as views.* return it. */
export interface SlackView {
  id: string
  team_id: string
  type: 'modal' | 'home'
  blocks: WireBlock[]
  private_metadata: string
  callback_id: string
  external_id: string
  state: { values: WireObject }
  hash: string
  title?: WireObject
  close?: WireObject | null
  submit?: WireObject | null
  clear_on_close: boolean
  notify_on_close: boolean
  root_view_id: string
  previous_view_id: string | null
  app_id: string
  bot_id: string
  app_installed_team_id: string
}

/** An agent session on a thread: what agents.sessions.setStatus and the streaming methods keep. */
export interface AgentSession {
  readonly appId: string
  readonly channel: string
  readonly threadTs: string
  status: 'active' | 'processing' | 'suspended' | 'closed'
  title: string
  /** Streams open in this session, by message ts. */
  streams: string[]
}

/** What changed in the workspace: told to the page and to tests as it happens. */
export type WorkspaceChange =
  | {
      readonly kind: 'message' | 'message_changed' | 'message_deleted'
      readonly channel: string
      readonly message: SlackMessage
    }
  | { readonly kind: 'ephemeral'; readonly channel: string; readonly user: string; readonly message: SlackMessage }
  | { readonly kind: 'view'; readonly user: string; readonly view: SlackView }
  | { readonly kind: 'view_closed'; readonly user: string; readonly viewId: string }
  | { readonly kind: 'thread_status'; readonly channel: string; readonly threadTs: string; readonly status: string }
  | { readonly kind: 'session'; readonly session: AgentSession }
  | { readonly kind: 'channel'; readonly channel: string }
