import type { Acknowledgement, Dispatch } from './events.ts'
import type { InstalledApp, SlackChannel, SlackMessage, SlackView, WireObject } from './records.ts'
import type { ResponseUrls } from './response-urls.ts'
import type { WorkspaceState } from './state.ts'
import type { Triggers } from './triggers.ts'

/** Sends what people do with an app's buttons, modals, shortcuts and commands, in Slack's payload shapes. */
export interface Interactions {
  action(app: InstalledApp, user: string, place: ActionPlace, action: WireObject): Promise<Acknowledgement>
  messageShortcut(
    app: InstalledApp,
    user: string,
    callbackId: string,
    channel: SlackChannel,
    message: SlackMessage,
  ): Promise<Acknowledgement>
  globalShortcut(app: InstalledApp, user: string, callbackId: string): Promise<Acknowledgement>
  view(
    app: InstalledApp,
    user: string,
    type: 'view_submission' | 'view_closed',
    view: SlackView,
  ): Promise<Acknowledgement>
  command(
    app: InstalledApp,
    user: string,
    channel: SlackChannel,
    command: string,
    text: string,
  ): Promise<Acknowledgement>
}

/** Where an element stands that somebody used. */
export type ActionPlace =
  | { readonly channel: SlackChannel; readonly message: SlackMessage; readonly ephemeral: boolean }
  | { readonly view: SlackView }

interface Parts {
  readonly state: WorkspaceState
  readonly triggers: Triggers
  readonly responseUrls: ResponseUrls
  readonly dispatch: Dispatch
}

function person(state: WorkspaceState, user: string): WireObject {
  const name = state.users.get(user)?.name ?? user
  return { id: user, username: name, name, team_id: state.team.id }
}

function common(parts: Parts, app: InstalledApp, user: string): WireObject {
  const { state } = parts
  return {
    user: person(state, user),
    api_app_id: app.id,
    token: app.verificationToken,
    trigger_id: parts.triggers.issue(user, app.id),
    team: { id: state.team.id, domain: state.team.domain },
    enterprise: null,
    is_enterprise_install: false,
  }
}

function named(channel: SlackChannel): WireObject {
  return { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name }
}

function placeFields(parts: Parts, app: InstalledApp, user: string, place: ActionPlace): WireObject {
  if ('view' in place) return { container: { type: 'view', view_id: place.view.id }, view: place.view }
  const { channel, message, ephemeral } = place
  const thread = message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }
  return {
    container: { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: ephemeral, ...thread },
    channel: named(channel),
    message,
    state: { values: {} },
    response_url: parts.responseUrls.issue({
      app,
      channel,
      user,
      messageTs: message.ts,
      ...(message.thread_ts === undefined ? {} : { threadTs: message.thread_ts }),
    }),
  }
}

/** The interactions of one workspace. */
export function createInteractions(parts: Parts): Interactions {
  const send = (app: InstalledApp, payload: WireObject) => parts.dispatch(app, { kind: 'interactive', payload })
  return {
    action: (app, user, place, action) =>
      send(app, {
        type: 'block_actions',
        ...common(parts, app, user),
        ...placeFields(parts, app, user, place),
        actions: [{ ...action, action_ts: parts.state.ids.ts() }],
      }),
    messageShortcut: (app, user, callbackId, channel, message) =>
      send(app, {
        type: 'message_action',
        callback_id: callbackId,
        ...common(parts, app, user),
        action_ts: parts.state.ids.ts(),
        message_ts: message.ts,
        channel: named(channel),
        message,
        response_url: parts.responseUrls.issue({ app, channel, user, messageTs: message.ts }),
      }),
    globalShortcut: (app, user, callbackId) =>
      send(app, {
        type: 'shortcut',
        callback_id: callbackId,
        ...common(parts, app, user),
        action_ts: parts.state.ids.ts(),
      }),
    view: (app, user, type, view) => {
      const { trigger_id: _none, ...fields } = common(parts, app, user)
      return send(
        app,
        type === 'view_closed'
          ? { type, ...fields, view, is_cleared: false }
          : { type, ...common(parts, app, user), view, response_urls: [] },
      )
    },
    command: (app, user, channel, command, text) =>
      parts.dispatch(app, {
        kind: 'slash_commands',
        payload: {
          token: app.verificationToken,
          team_id: parts.state.team.id,
          team_domain: parts.state.team.domain,
          channel_id: channel.id,
          channel_name: named(channel)['name'],
          user_id: user,
          user_name: parts.state.users.get(user)?.name,
          command,
          text,
          api_app_id: app.id,
          is_enterprise_install: 'false',
          response_url: parts.responseUrls.issue({ app, channel, user }),
          trigger_id: parts.triggers.issue(user, app.id),
        },
      }),
  }
}
