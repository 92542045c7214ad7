import { z } from 'zod'
import { FailureError } from '../../src/core/errors.ts'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip, utc } from '../kit/plain-text.ts'
import type { RailwayClient } from './client.ts'
import type { ChangedVariables, DeploymentSummary } from './deployments.ts'
import type { Names } from './names.ts'
import { nameOf } from './names.ts'
import { plainFields } from './plain-fields.ts'

const Node = z.object({ id: z.string(), createdAt: z.string(), action: z.string(), object: z.string(), severity: z.string().nullish(), environmentId: z.string().nullish(), activityPayload: z.unknown() })

/** The answer of the document activity. */
export const ActivityAnswer = z.object({ events: z.object({ pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }), edges: z.array(z.object({ node: Node })) }) })

/** Something somebody did to the project, as tools return it. */
export const Activity = z.object({ at: z.string(), action: z.string(), object: z.string(), environment: z.string().nullable(), actor: z.string().nullable(), services: z.array(z.string()), details: z.array(z.string()) })
export type Activity = z.infer<typeof Activity>

const MOST_DETAILS = 12

/** A node of Railway's activity in our words; values of variables are left out. */
export function activityOf(node: z.infer<typeof Node>, { services, environments }: Names): Activity {
  const fields = plainFields(node.activityPayload ?? {}, MOST_DETAILS)
  const known = services.filter((service) => fields.some(({ value }) => value === service.id || value === service.name)).map(({ name }) => name)
  const actor = fields.find(({ path }) => /^(?:actor|user|creator)$/i.test(path[0] ?? '') && /^(?:actor|user|creator|name)$/i.test(path.at(-1) ?? ''))?.value ?? null
  return {
    at: node.createdAt, action: node.action, object: node.object, environment: node.environmentId ? nameOf(environments, node.environmentId) : null, actor, services: known,
    details: fields.filter(({ value }) => value !== actor).map(({ path, value }) => `${path.join('.')}=${clip(nameOf(services, value), 160)}`),
  }
}

/** One line about it. */
export function activityText(one: Activity): string {
  return `${utc(one.at)} ${one.object} ${one.action}${one.actor === null ? '' : ` by ${one.actor}`}${one.details.length === 0 ? '' : ` (${one.details.join(', ')})`}`
}

/** What it names: what was changed first, then where, then who. */
export function aboutActivity(one: Activity): Entity[] {
  const names = one.object.toLowerCase().includes('variable') ? one.details.flatMap((detail) => /^(?:.*\.)?(?:name|key|variable)=([A-Z][A-Z0-9_]+)$/.exec(detail)?.[1] ?? []) : []
  return [
    ...names.map((value): Entity => ({ kind: 'variable', value, at: one.at })), ...settingsOf(one).map((value): Entity => ({ kind: 'variable', value, at: one.at })),
    ...one.services.map((value): Entity => ({ kind: 'service', value })), ...(one.actor === null ? [] : [{ kind: 'user' as const, value: one.actor }]),
  ]
}

/** Details that say where or who, not what was set. */
const PLACES = /^(?:service|project|environment|actor|user|creator|deployment|workspace|team)(?:\.|=)|(?:^|\.)(?:id|name|serviceId|environmentId|projectId|previous(?:\.\w+)?)=/i

/** The names of settings whose values stand in the details, such as healthcheckTimeout. */
function settingsOf(one: Activity): string[] {
  if (/deployment|variable/i.test(one.object)) return []
  return one.details.filter((detail) => !PLACES.test(detail)).flatMap((detail) => /(?:^|\.)([A-Za-z]\w{2,60})=/.exec(detail)?.[1] ?? []).slice(0, 6)
}

/** Deployments are other tools' to tell, with their commits. What was changed comes first, then where, by whom and when. */
export function activitySignal(one: Activity): Signal {
  const about = aboutActivity(one)
  const what = about.filter(({ kind }) => kind === 'variable').map(({ value }) => value).join(', ')
  const where = one.services.length === 0 ? '' : ` of ${one.services.join(', ')}`
  const shown = one.details.filter((detail) => !/^(?:service|actor)=/i.test(detail) && !detail.endsWith('=set') && !about.some(({ value }) => detail.endsWith(`=${value}`)))
  const text = `${what === '' ? `A ${one.object.toLowerCase()}` : what}${where}: ${one.object.toLowerCase()} ${one.action.toLowerCase()}${one.actor === null ? '' : ` by ${one.actor}`} at ${utc(one.at)}${shown.length === 0 ? '' : ` (${clip(shown.join(', '), 160)})`}.`
  return makeSignal('change', one.object.toLowerCase() === 'deployment' ? 0 : 1, text, { about, says: shown.join(' '), at: one.at })
}

/** A change of variables is deployed within so long. */
const SOON_MILLISECONDS = 10 * 60_000

/** Which variables were changed before each deployment that was made for a change of variables; nothing where the activity cannot be read. */
export async function variableChanges(client: RailwayClient, deployments: readonly DeploymentSummary[]): Promise<Map<string, ChangedVariables>> {
  const asked = deployments.filter(({ reason }) => reason === 'variables')
  if (asked.length === 0) return new Map()
  try {
    const [names, { events }] = await Promise.all([client.names(), client.query('activity', { p: client.projectId, first: 100 }, ActivityAnswer)])
    const changes = events.edges.map(({ node }) => activityOf(node, names)).filter(({ object }) => /variable/i.test(object))
    return new Map(asked.flatMap((deployment) => {
      const made = new Date(deployment.createdAt).getTime()
      const own = changes.filter(({ at, services }) => services.includes(deployment.service) && new Date(at).getTime() <= made && made - new Date(at).getTime() < SOON_MILLISECONDS)
      const variables = [...new Set(own.flatMap(aboutActivity).filter(({ kind }) => kind === 'variable').map(({ value }) => value))]
      return variables.length === 0 ? [] : [[deployment.deployment, { names: variables, actor: own[0]?.actor ?? null }] as const]
    }))
  } catch (error) {
    if (error instanceof FailureError) return new Map()
    throw error
  }
}
