import type { InstalledApp, SlackChannel, WireObject } from './records.ts'
import type { WorkspaceState } from './state.ts'

/** What leaves for an app: an event, an interaction or a slash command. */
export interface Outgoing {
  readonly kind: 'events_api' | 'interactive' | 'slash_commands'
  readonly payload: WireObject
}

/** The app's answer to something sent: acknowledged with its body, or not, and why. */
export type Acknowledgement =
  { readonly acknowledged: true; readonly body: unknown } | { readonly acknowledged: false; readonly reason: string }

/** Brings one thing to one app, over its sockets or its request URL. */
export type Dispatch = (app: InstalledApp, outgoing: Outgoing) => Promise<Acknowledgement>

export interface EventFeed {
  /** Sends an event of a channel to every subscribed app whose bot is a member. */
  inChannel(channel: SlackChannel, event: WireObject): void
  /** Sends an event to one app, if it subscribed to it; `channel` is where it happened, if it did in one. */
  toApp(app: InstalledApp, event: WireObject, channel?: SlackChannel): void
}

const channelTypes = { public: 'channel', private: 'group', im: 'im' } as const
const messageEvents = { public: 'message.channels', private: 'message.groups', im: 'message.im' } as const

/** The `channel_type` of message events in this channel. */
export function channelType(channel: SlackChannel): string {
  return channelTypes[channel.kind]
}

function subscriptionFor(event: WireObject, channel: SlackChannel | undefined): string {
  if (event['type'] === 'message' && channel) return messageEvents[channel.kind]
  return String(event['type'])
}

function envelopeOf(
  state: WorkspaceState,
  app: InstalledApp,
  event: WireObject,
  channel: SlackChannel | undefined,
): WireObject {
  return {
    token: app.verificationToken,
    team_id: state.team.id,
    context_team_id: state.team.id,
    context_enterprise_id: null,
    api_app_id: app.id,
    event,
    type: 'event_callback',
    event_id: state.ids.id('Ev'),
    event_time: Math.floor(Number(event['event_ts'] ?? state.ids.seconds())),
    authorizations: [
      {
        enterprise_id: null,
        team_id: state.team.id,
        user_id: app.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: channel?.externallyShared ?? false,
    event_context: state.ids.id('4-'),
  }
}

/** The Events API of a workspace: wraps events for each app and hands them to `dispatch`. Retries are the dispatcher's. */
export function createEventFeed(state: WorkspaceState, dispatch: Dispatch): EventFeed {
  const send = (app: InstalledApp, event: WireObject, channel: SlackChannel | undefined) => {
    if (!app.events.has(subscriptionFor(event, channel))) return
    void dispatch(app, { kind: 'events_api', payload: envelopeOf(state, app, event, channel) })
  }
  return {
    inChannel: (channel, event) => {
      for (const app of state.apps.values()) {
        if (channel.members.has(app.botUserId)) send(app, event, channel)
      }
    },
    toApp: (app, event, channel) => {
      send(app, event, channel)
    },
  }
}
