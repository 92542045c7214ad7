import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { projectField } from '../fields.ts'
import { organizationRead } from '../operations.ts'
import { Release, releaseEntities, releaseLine, releaseMoment, releaseOf } from '../release-view.ts'

/** Releases created in a window, the newest first. */
export const listReleases = defineTool<SentryClient>()({
  name: 'sentry_list_releases',
  title: 'List releases',
  useWhen: 'Use when you need to know which releases went out around an onset, with their commits and deploys.',
  input: z.object({ project: projectField, ...windowFields, limit: limitField(20, 100), cursor: cursorField }),
  output: z.object({ releases: z.array(Release) }),
  operations: [organizationRead('releases/'), { type: 'http', method: 'GET', path: '/api/0/projects/{organization}/{project}/releases/' }],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 7 * 24 * 60, maxMinutes: 365 * 24 * 60 })
    const query = { per_page: args.limit, cursor: args.cursor }
    const page = args.project === undefined ? await client.releases(query) : await client.projectReleases(args.project, query)
    const all = page.items.map((release) => releaseOf(release, args.project))
    // Sentry lists by date of creation and knows no window here.
    const releases = all.filter((release) => releaseMoment(release) >= window.start.getTime() && releaseMoment(release) < window.end.getTime()).slice(0, args.limit)
    const older = all.some((release) => releaseMoment(release) < window.start.getTime())
    const span = `${utc(window.start)} to ${utc(window.end)}`
    const where = args.project === undefined ? '' : ` of ${args.project}`
    return {
      structured: { releases },
      text: releases.length === 0 ? `No release${where} between ${span}.` : releases.map(releaseLine).join('\n'),
      entities: releases.flatMap(releaseEntities),
      signals: releases.length === 0
        ? [makeSignal('absence', 0, `No release${where} in Sentry between ${span}`)]
        : releases.map((release) => makeSignal('change', release.newIssues > 0 ? 2 : 1, `Release ${releaseLine(release)}`, { at: new Date(releaseMoment(release)).toISOString(), about: releaseEntities(release) })),
      truncated: page.cursor !== undefined && !older,
      cursor: older ? undefined : page.cursor,
    }
  },
})
