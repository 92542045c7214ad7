import type { AccessNote } from '../kit/access.ts'

/** What the Railway worker needs. */
export const railwayAccess: AccessNote = {
  credential: 'A project token of the one environment to be read (project settings, Tokens); set tokenKind to "project".',
  permissions: [{ name: 'project token', for: 'everything the tools read, within one project and environment' }],
  avoid: [
    'an account token: it reaches every project of the person and can change all of them',
    'Railway has no read-only tokens, so a project token could write too; the worker’s fixed documents and its guard are what keeps it reading',
  ],
}
