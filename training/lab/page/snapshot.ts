import type { AgentSession, SlackMessage, SlackView, WorkspaceChange } from '../slack/records.ts'
import { findUser, messagesOf, type WorkspaceState } from '../slack/state.ts'
import type { SlackWorkspace } from '../slack/workspace.ts'

/** A message as the page shows it; whispered ones are for this person alone. */
export type ShownMessage = SlackMessage & { readonly channel: string; readonly ephemeral?: boolean }

/** Everything one person sees of the workspace. */
export interface Snapshot {
  readonly team: string
  readonly me: string
  readonly bot: {
    readonly userId: string
    readonly appId: string
    readonly name: string
    readonly commands: readonly string[]
    readonly shortcuts: readonly { readonly callbackId: string; readonly name: string }[]
  }
  readonly users: readonly {
    readonly id: string
    readonly name: string
    readonly realName: string
    readonly isBot: boolean
  }[]
  readonly channels: readonly {
    readonly id: string
    readonly name: string
    readonly kind: string
    readonly topic: string
    readonly withUser?: string
  }[]
  readonly messages: readonly ShownMessage[]
  readonly views: readonly SlackView[]
  readonly home?: SlackView
  readonly sessions: readonly AgentSession[]
  readonly statuses: readonly { readonly thread: string; readonly status: string }[]
}

/** A change the page applies to its snapshot. */
export type VisibleChange =
  | { readonly kind: 'message' | 'message_deleted'; readonly message: ShownMessage }
  | Extract<WorkspaceChange, { kind: 'view' | 'view_closed' | 'thread_status' | 'session' }>
  | { readonly kind: 'channel' }

function myId(state: WorkspaceState, person: string): string {
  const user = findUser(state, person)
  if (!user) throw new Error(`Nobody is called ${person} in this workspace.`)
  return user.id
}

function shown(message: SlackMessage, channel: string): ShownMessage {
  return { ...message, channel }
}

/** What `person` (id or name) sees: the channels they are in, and what was whispered to them. */
export function readSnapshot(slack: SlackWorkspace, person: string): Snapshot {
  const { state, credentials } = slack
  const me = myId(state, person)
  const app = state.apps.get(credentials.appId)
  const channels = [...state.channels.values()].filter(({ members }) => members.has(me))
  const whispers = state.ephemerals.filter(({ user }) => user === me)
  const home = state.homeViews.get(me)
  return {
    team: state.team.name,
    me,
    bot: {
      userId: credentials.botUserId,
      appId: credentials.appId,
      name: app?.name ?? '',
      commands: app?.commands ?? [],
      shortcuts: app?.shortcuts ?? [],
    },
    users: [...state.users.values()].map(({ id, name, realName, isBot }) => ({ id, name, realName, isBot })),
    channels: channels.map(({ id, name, kind, topic, withUser }) => ({
      id,
      name,
      kind,
      topic,
      ...(withUser === undefined ? {} : { withUser }),
    })),
    messages: [
      ...channels.flatMap(({ id }) => messagesOf(state, id).map((message) => shown(message, id))),
      ...whispers.map(({ channel, message }) => ({ ...shown(message, channel), ephemeral: true })),
    ],
    views: [...state.views.values()].filter(({ openedBy }) => openedBy === me),
    ...(home ? { home } : {}),
    sessions: [...state.sessions.values()],
    statuses: [...state.threadStatuses].map(([thread, status]) => ({ thread, status })),
  }
}

/** The change as `person` sees it; undefined when it happened where they are not. */
export function visibleChange(
  slack: SlackWorkspace,
  person: string,
  change: WorkspaceChange,
): VisibleChange | undefined {
  const { state } = slack
  const me = myId(state, person)
  const isMember = (channel: string) => state.channels.get(channel)?.members.has(me) ?? false
  switch (change.kind) {
    case 'message':
    case 'message_changed':
      return isMember(change.channel) ? { kind: 'message', message: shown(change.message, change.channel) } : undefined
    case 'message_deleted':
      return isMember(change.channel)
        ? { kind: 'message_deleted', message: shown(change.message, change.channel) }
        : undefined
    case 'ephemeral':
      return change.user === me
        ? { kind: 'message', message: { ...shown(change.message, change.channel), ephemeral: true } }
        : undefined
    case 'view':
    case 'view_closed':
      return change.user === me ? change : undefined
    case 'thread_status':
      return isMember(change.channel) ? change : undefined
    case 'session':
      return isMember(change.session.channel) ? change : undefined
    case 'channel':
      return isMember(change.channel) ? { kind: 'channel' } : undefined
  }
}
