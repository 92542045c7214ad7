import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { sends } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import type { Names } from '../names.ts'
import { nameOf } from '../names.ts'
import { plainFields } from '../plain-fields.ts'

const Node = z.object({ id: z.string(), createdAt: z.string(), action: z.string(), object: z.string(), severity: z.string().nullish(), environmentId: z.string().nullish(), activityPayload: z.unknown() })
const Answer = z.object({ events: z.object({ pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }), edges: z.array(z.object({ node: Node })) }) })
const Activity = z.object({ at: z.string(), action: z.string(), object: z.string(), environment: z.string().nullable(), actor: z.string().nullable(), services: z.array(z.string()), details: z.array(z.string()) })
type Activity = z.infer<typeof Activity>

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
    const { events } = await client.query('activity', { p: client.projectId, first: limit, ...(cursor === undefined ? {} : { after: cursor }) }, Answer)
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

const MOST_DETAILS = 12

function activityOf(node: z.infer<typeof Node>, { services, environments }: Names): Activity {
  const fields = plainFields(node.activityPayload ?? {}, MOST_DETAILS)
  const known = services.filter((service) => fields.some(({ value }) => value === service.id || value === service.name)).map(({ name }) => name)
  const actor = fields.find(({ path }) => /^(?:actor|user|creator)$/i.test(path[0] ?? '') && /^(?:actor|user|creator|name)$/i.test(path.at(-1) ?? ''))?.value ?? null
  return {
    at: node.createdAt, action: node.action, object: node.object, environment: node.environmentId ? nameOf(environments, node.environmentId) : null, actor, services: known,
    details: fields.filter(({ value }) => value !== actor).map(({ path, value }) => `${path.join('.')}=${clip(nameOf(services, value), 160)}`),
  }
}

function activityText(one: Activity): string {
  return `${utc(one.at)} ${one.object} ${one.action}${one.actor === null ? '' : ` by ${one.actor}`}${one.details.length === 0 ? '' : ` (${one.details.join(', ')})`}`
}

function aboutActivity(one: Activity): Entity[] {
  const names = one.object.toLowerCase().includes('variable') ? one.details.flatMap((detail) => /^(?:.*\.)?(?:name|key|variable)=([A-Z][A-Z0-9_]+)$/.exec(detail)?.[1] ?? []) : []
  return [
    ...one.services.map((value): Entity => ({ kind: 'service', value })), ...names.map((value): Entity => ({ kind: 'variable', value, at: one.at })),
    ...(one.actor === null ? [] : [{ kind: 'user' as const, value: one.actor }]),
  ]
}

/** Deployments are other tools' to tell, with their commits. */
function activitySignal(one: Activity): Signal {
  return makeSignal('change', one.object.toLowerCase() === 'deployment' ? 0 : 1, `At ${activityText(one)}.`, { about: aboutActivity(one), at: one.at })
}
