import type { AccessNote } from '../kit/access.ts'

/** What the Sentry worker needs. */
export const sentryAccess: AccessNote = {
  credential: 'An auth token of an internal integration (Settings, Developer Settings) of this organisation, or a personal one of an account that can see only it.',
  permissions: [
    { name: 'org:read', for: 'releases, monitors, alerts, session health, spans and logs' },
    { name: 'project:read', for: 'projects, uptime checks, replays, links from frames to the source' },
    { name: 'event:read', for: 'issues with their events, tags and activity, and Seer’s state' },
    { name: 'team:read', for: 'which projects belong to whom' },
  ],
  avoid: ['every other scope: with event or project scopes beyond reading a token can resolve issues and change projects', 'tokens for a build pipeline (sntrys_): they are made to create releases and cannot read issues'],
}
