import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { FailureError } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import type { SentryClient } from '../client.ts'
import { issueField } from '../fields.ts'
import { tagEntity } from '../tag-entities.ts'
import { issueLookup, organizationRead } from '../operations.ts'

const Value = z.object({ value: z.string(), count: z.number(), share: z.number(), firstSeen: z.string().nullable(), lastSeen: z.string().nullable() })
const Tag = z.object({ key: z.string(), distinct: z.number(), total: z.number(), values: z.array(Value) })
type Tag = z.infer<typeof Tag>

/** From this share on, a value is what the events have in common. */
const CONCENTRATED = 0.8
/** So many of the project's other errors at least make a comparison. */
const LEAST_OTHERS = 5
const MOST_COMPARED = 5
const UNTELLING = /^(?:level|handled|mechanism|transaction)$/

/** How the events of an issue spread over the values of its tags. */
export const getIssueTags = defineTool<SentryClient>()({
  name: 'sentry_get_issue_tags',
  title: 'Who and what an issue hits',
  useWhen: 'Use when you need to know whether an issue hits everyone or one environment, release, host, user or other tag value, against the project’s other errors.',
  input: z.object({ issue: issueField, keys: z.array(z.string().min(1).max(64)).min(1).max(8).optional().describe('Tag keys; all of the issue’s own if absent') }),
  output: z.object({ tags: z.array(Tag) }),
  operations: [organizationRead('issues/{issue}/tags/{key}/'), organizationRead('issues/{issue}/'), organizationRead('events/'), issueLookup],
  run: async (args, { client }) => {
    const id = await client.issueId(args.issue)
    const { shortId, project, tags: own } = await client.issue(id)
    const keys = args.keys ?? [...new Set(['environment', 'release', 'user', ...(own ?? []).map(({ key }) => key)])].slice(0, 8)
    const tags = (await Promise.all(keys.map((key) => tagOf(id, key, client)))).filter((tag) => tag !== null)
    const shared = await sharedValues(tags, { project: project.slug, shortId }, client)
    return {
      structured: { tags },
      text: tags.length === 0 ? 'The issue has none of these tags.' : tags.map(tagText).join('\n'),
      entities: tags.flatMap(tagEntities),
      signals: sharedSignals(shared, shortId),
    }
  },
})

async function tagOf(issue: string, key: string, client: SentryClient): Promise<Tag | null> {
  try {
    const { uniqueValues, totalValues, topValues } = await client.tag(issue, key)
    const total = totalValues ?? topValues.reduce((sum, { count }) => sum + count, 0)
    const values = topValues.slice(0, 10).map(({ value, count, firstSeen, lastSeen }) => ({
      value: value ?? '(empty)', count, share: total === 0 ? 0 : count / total, firstSeen: firstSeen ?? null, lastSeen: lastSeen ?? null,
    }))
    return { key, distinct: uniqueValues ?? values.length, total, values }
  } catch (error) {
    // A tag this issue never had is an answer, not a failure of the call.
    if (error instanceof FailureError && error.failure.kind === 'not_found') return null
    throw error
  }
}

function tagText({ key, distinct, values }: Tag): string {
  return `${key} (${distinct} values): ${values.map(({ value, count, share, firstSeen }) => `${value} ${count} (${Math.round(share * 100)} %${firstSeen === null ? '' : `, since ${utc(firstSeen)}`})`).join('; ')}`
}

function tagEntities({ key, values }: Tag): Entity[] {
  return values.flatMap(({ value, firstSeen }) => tagEntity(key, value).map((entity) => ({ ...entity, ...(firstSeen === null ? {} : { at: firstSeen }) })))
}

/** A value that nearly all events have, and how many of the project's other errors have it too; null where that is not known. */
interface Shared {
  readonly tag: Tag
  readonly value: Tag['values'][number]
  readonly others: { readonly count: number; readonly total: number } | null
}

/** Values shared by nearly all events, compared with the project's other errors where there are enough of them. */
async function sharedValues(tags: readonly Tag[], { project, shortId }: { project: string; shortId: string }, client: SentryClient): Promise<Shared[]> {
  const shared = tags.flatMap((tag) => tag.values.slice(0, 1).filter(({ share }) => share >= CONCENTRATED && !UNTELLING.test(tag.key)).map((value) => ({ tag, value })))
  return Promise.all(shared.map(async (entry, index) => ({ ...entry, others: index < MOST_COMPARED ? await othersOf(entry.tag.key, entry.value.value, { project, shortId }, client) : null })))
}

async function othersOf(key: string, value: string, { project, shortId }: { project: string; shortId: string }, client: SentryClient): Promise<Shared['others']> {
  try {
    const { items } = await client.events({ dataset: 'errors', field: [key, 'count()'], query: `project:${project} !issue:${shortId}`, sort: '-count()', statsPeriod: '14d', per_page: 50 })
    const counts = items.map((row) => ({ is: (row[key] ?? '(empty)') === value, count: Number(row['count()'] ?? 0) }))
    const total = counts.reduce((sum, { count }) => sum + count, 0)
    return total < LEAST_OTHERS ? null : { total, count: counts.filter(({ is }) => is).reduce((sum, { count }) => sum + count, 0) }
  } catch (error) {
    // Without the comparison the share is still worth telling.
    if (error instanceof FailureError && error.failure.kind !== 'stopped') return null
    throw error
  }
}

/** What only this issue's events have in common is a lead; what every error has, or what has one value anyway, is said in one line. */
function sharedSignals(shared: readonly Shared[], issue: string): Signal[] {
  const leads = shared.filter((entry) => loudness(entry) > 0)
  const plain = shared.filter((entry) => loudness(entry) === 0)
  const about: Entity = { kind: 'issue', value: issue }
  return [
    ...leads.map((entry) => makeSignal('anomaly', loudness(entry), `${pair(entry)} in ${percent(entry.value.share)} of the events of ${issue} (${entry.value.count} of ${entry.tag.total})${othersText(entry)}`, {
      count: entry.value.count, about: [...tagEntities({ ...entry.tag, values: [entry.value] }), about], says: entry.value.value,
    })),
    ...(plain.length === 0 ? [] : [makeSignal('state', 0, `Nearly all events of ${issue} have ${plain.map(pair).join(', ')}, as one would expect`, { about: [about, ...plain.flatMap(({ tag, value }) => tagEntities({ ...tag, values: [value] }))], says: '' })]),
  ]
}

function loudness({ tag, value, others }: Shared): 0 | 1 | 2 {
  if (others !== null) return others.count / others.total <= value.share / 2 ? 2 : 0
  if (tag.key === 'environment') return /^prod/i.test(value.value) ? 0 : 1
  // One of one host is no choice; one of many is.
  return /server_name|host/.test(tag.key) && tag.distinct < 2 ? 0 : 1
}

function pair({ tag, value }: Shared): string {
  return `${tag.key}=${value.value}`
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

function othersText({ others }: Shared): string {
  return others === null ? '' : `, in ${percent(others.count / others.total)} of the project’s other errors`
}
