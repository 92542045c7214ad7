import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { aboutActivity, Activity, ActivityAnswer, activityOf, activitySignal, activityText } from '../activity.ts'
import { sends } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'

export const listActivity = defineTool<RailwayClient>()({
  name: 'railway_list_activity',
  title: 'What people and Railway changed',
  useWhen: 'Use when something changed that was no deployment: variables, domains, settings, services, members; who did it and when.',
  input: z.object({ ...windowFields, limit: limitField(50, 200), cursor: cursorField }),
  output: z.object({ activity: z.array(Activity) }),
  operations: sends('activity'),
  async run({ limit, cursor, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 3 * 24 * 60, maxMinutes: 90 * 24 * 60 })
    const [names, here] = await Promise.all([client.names(), client.environment()])
    // What is done to the project itself belongs to no environment, so all are read and those of others left out.
    const { events } = await client.query('activity', { p: client.projectId, first: limit, ...(cursor === undefined ? {} : { after: cursor }) }, ActivityAnswer)
    const nodes = events.edges.map(({ node }) => node)
    const within = nodes.filter(({ createdAt }) => new Date(createdAt) >= window.start && new Date(createdAt) <= window.end)
    const activity = within.filter(({ environmentId }) => environmentId === null || environmentId === undefined || environmentId === here.id).map((node) => activityOf(node, names))
    const reachesBack = !events.pageInfo.hasNextPage || nodes.some(({ createdAt }) => new Date(createdAt) < window.start)
    const head = `Activity in ${here.name} and the project, ${utc(window.start)} to ${utc(window.end)}`
    return {
      structured: { activity },
      text: activity.length === 0 ? `${head}: none.` : [`${head}, newest first:`, ...activity.map(activityText)].join('\n'),
      entities: distinctEntities(activity.flatMap(aboutActivity)),
      signals: activity.length === 0 ? [makeSignal('absence', 0, `${head}: none.`)] : activity.slice(0, 12).map(activitySignal),
      links: [await client.link('Activity in Railway')],
      truncated: !reachesBack,
      cursor: reachesBack ? undefined : (events.pageInfo.endCursor ?? undefined),
    }
  },
})
