import type { Identifiers } from './identifiers.ts'
import type { ChannelKind, InstalledApp, SlackChannel } from './records.ts'
import { createState, type WorkspaceState } from './state.ts'

/** The bot scopes of the app under test, as its manifest asks for them. */
const defaultScopes: readonly string[] = [
  'app_mentions:read',
  'assistant:write',
  'channels:history',
  'channels:join',
  'channels:read',
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'reactions:read',
  'reactions:write',
  'team:read',
  'users:read',
  'users:read.email',
]

/** The events the app under test subscribes to. */
const defaultEvents: readonly string[] = [
  'agent_session_stopped',
  'app_context_changed',
  'app_home_opened',
  'app_mention',
  'app_uninstalled',
  'member_joined_channel',
  'message.channels',
  'message.groups',
  'message.im',
  'reaction_added',
  'reaction_removed',
  'tokens_revoked',
]

/** What a workspace starts with. Absent parts take the lab's own. */
export interface WorkspaceSeed {
  readonly team?: { readonly id?: string; readonly name?: string; readonly domain?: string }
  /** The app under test; Sentry's is always there too. */
  readonly app?: Partial<
    Pick<InstalledApp, 'name' | 'botToken' | 'appToken' | 'signingSecret' | 'commands' | 'shortcuts'>
  > & {
    readonly scopes?: readonly string[]
    readonly events?: readonly string[]
  }
  readonly people?: readonly { readonly name: string; readonly realName: string }[]
  /** `bot: false` leaves the app under test out of the channel. */
  readonly channels?: readonly {
    readonly name: string
    readonly kind?: ChannelKind
    readonly topic?: string
    readonly bot?: boolean
  }[]
}

const defaultPeople = [
  { name: 'you', realName: 'You' },
  { name: 'maya', realName: 'Maya Lindqvist' },
  { name: 'tomas', realName: 'Tomás Ferreira' },
]

const defaultChannels: NonNullable<WorkspaceSeed['channels']> = [
  { name: 'general', topic: 'Everything for everybody', bot: false },
  { name: 'alerts', topic: 'What Sentry says' },
  { name: 'incidents', kind: 'private', topic: 'People working on one thing' },
  { name: 'payroll', kind: 'private', topic: 'Not for bots', bot: false },
]

function installApp(state: WorkspaceState, name: string, fields: Partial<InstalledApp>): InstalledApp {
  const app: InstalledApp = {
    id: state.ids.id('A'),
    name,
    botUserId: state.ids.id('U'),
    botId: state.ids.id('B'),
    botToken: `xoxb-lab-${name.toLowerCase()}`,
    appToken: `xapp-lab-${name.toLowerCase()}`,
    signingSecret: `lab-signing-secret-${name.toLowerCase()}`,
    verificationToken: `lab-verification-${name.toLowerCase()}`,
    scopes: new Set(['chat:write']),
    events: new Set(),
    commands: [],
    shortcuts: [],
    ...fields,
  }
  state.apps.set(app.id, app)
  state.users.set(app.botUserId, {
    id: app.botUserId,
    name: name.toLowerCase(),
    realName: name,
    email: '',
    isBot: true,
    botId: app.botId,
    appId: app.id,
  })
  return app
}

/** Builds a workspace's first state: people, two apps (the one under test and Sentry) and channels. */
export function seedState(
  seed: WorkspaceSeed,
  ids: Identifiers,
): { state: WorkspaceState; app: InstalledApp; sentry: InstalledApp } {
  const state = createState(
    {
      id: seed.team?.id ?? 'T0LABWORKS',
      name: seed.team?.name ?? 'Harbour Works',
      domain: seed.team?.domain ?? 'harbour-works',
    },
    ids,
  )
  for (const person of seed.people ?? defaultPeople) {
    const id = ids.id('U')
    state.users.set(id, {
      id,
      name: person.name,
      realName: person.realName,
      email: `${person.name}@harbour-works.example`,
      isBot: false,
    })
  }
  const people = [...state.users.keys()]
  const { scopes, events, name, ...rest } = seed.app ?? {}
  const app = installApp(state, name ?? 'Foreman', {
    commands: ['/foreman'],
    shortcuts: [{ callbackId: 'investigate', name: 'Investigate this', type: 'message' }],
    ...rest,
    scopes: new Set(scopes ?? defaultScopes),
    events: new Set(events ?? defaultEvents),
  })
  const sentry = installApp(state, 'Sentry', {})
  for (const given of seed.channels ?? defaultChannels) {
    const members = new Set([...people, sentry.botUserId])
    if (given.bot !== false) members.add(app.botUserId)
    const channel: SlackChannel = {
      id: ids.id('C'),
      name: given.name,
      kind: given.kind ?? 'public',
      members,
      createdAt: ids.seconds(),
      topic: given.topic ?? '',
      archived: false,
      externallyShared: false,
    }
    state.channels.set(channel.id, channel)
  }
  return { state, app, sentry }
}
