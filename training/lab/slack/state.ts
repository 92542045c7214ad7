import type { Identifiers } from './identifiers.ts'
import type {
  AgentSession,
  InstalledApp,
  SlackChannel,
  SlackMessage,
  SlackUser,
  SlackView,
  WireObject,
  WorkspaceChange,
} from './records.ts'

export interface Team {
  readonly id: string
  readonly name: string
  readonly domain: string
}

export interface Ephemeral {
  readonly channel: string
  readonly user: string
  readonly message: SlackMessage
}

/** Everything one workspace knows. Mutated only by posting, the Web API's methods and people. */
export interface WorkspaceState {
  readonly team: Team
  readonly ids: Identifiers
  readonly users: Map<string, SlackUser>
  readonly channels: Map<string, SlackChannel>
  readonly apps: Map<string, InstalledApp>
  readonly messages: Map<string, SlackMessage[]>
  readonly ephemerals: Ephemeral[]
  readonly views: Map<string, SlackView & { openedBy: string }>
  readonly homeViews: Map<string, SlackView>
  readonly sessions: Map<string, AgentSession>
  readonly threadStatuses: Map<string, string>
  readonly files: Map<string, StoredFile>
  /** Tells every listener about a change, after it happened. */
  announce(change: WorkspaceChange): void
  /** Listens to changes until the returned function is called. */
  subscribe(listener: (change: WorkspaceChange) => void): () => void
}

export interface StoredFile {
  readonly id: string
  readonly name: string
  readonly appId: string
  readonly length: number
  content: Uint8Array
  completed: boolean
  wire: WireObject
}

/** An empty workspace of one team. */
export function createState(team: Team, ids: Identifiers): WorkspaceState {
  const listeners = new Set<(change: WorkspaceChange) => void>()
  return {
    team,
    ids,
    users: new Map(),
    channels: new Map(),
    apps: new Map(),
    messages: new Map(),
    ephemerals: [],
    views: new Map(),
    homeViews: new Map(),
    sessions: new Map(),
    threadStatuses: new Map(),
    files: new Map(),
    announce: (change) => {
      for (const listener of listeners) listener(change)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The channel with this id, this name or this #name. */
export function findChannel(state: WorkspaceState, reference: string): SlackChannel | undefined {
  const name = reference.replace(/^#/, '')
  return (
    state.channels.get(reference) ??
    [...state.channels.values()].find((channel) => channel.kind !== 'im' && channel.name === name)
  )
}

/** The user with this id, this name or this @name. */
export function findUser(state: WorkspaceState, reference: string): SlackUser | undefined {
  const name = reference.replace(/^@/, '')
  return state.users.get(reference) ?? [...state.users.values()].find((user) => user.name === name)
}

/** A channel's messages, oldest first, replies included. */
export function messagesOf(state: WorkspaceState, channel: string): SlackMessage[] {
  const known = state.messages.get(channel)
  if (known) return known
  const fresh: SlackMessage[] = []
  state.messages.set(channel, fresh)
  return fresh
}

/** The message with this timestamp in this channel. */
export function findMessage(state: WorkspaceState, channel: string, ts: string): SlackMessage | undefined {
  return messagesOf(state, channel).find((message) => message.ts === ts)
}

/** A thread, its root first; empty when there is no such root. */
export function threadOf(state: WorkspaceState, channel: string, threadTs: string): SlackMessage[] {
  return messagesOf(state, channel).filter((message) => message.ts === threadTs || message.thread_ts === threadTs)
}

/** The direct-message channel between a user and a bot user, opened when there is none. */
export function directChannel(state: WorkspaceState, user: string, botUser: string): SlackChannel {
  for (const channel of state.channels.values()) {
    if (channel.kind === 'im' && channel.members.has(user) && channel.members.has(botUser)) return channel
  }
  const channel: SlackChannel = {
    id: state.ids.id('D'),
    name: '',
    kind: 'im',
    withUser: user,
    members: new Set([user, botUser]),
    createdAt: state.ids.seconds(),
    topic: '',
    archived: false,
    externallyShared: false,
  }
  state.channels.set(channel.id, channel)
  state.announce({ kind: 'channel', channel: channel.id })
  return channel
}

/** The key of a thread in maps. */
export function threadKey(channel: string, threadTs: string): string {
  return `${channel}:${threadTs}`
}
