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

/** How the events of an issue spread over the values of its tags. */
export const getIssueTags = defineTool<SentryClient>()({
  name: 'sentry_get_issue_tags',
  title: 'Who and what an issue hits',
  useWhen: 'Use when you need to know whether an issue hits everyone or one environment, release, host, user or other tag value.',
  input: z.object({ issue: issueField, keys: z.array(z.string().min(1).max(64)).min(1).max(8).optional().describe('Tag keys; all of the issue’s own if absent') }),
  output: z.object({ tags: z.array(Tag) }),
  operations: [organizationRead('issues/{issue}/tags/{key}/'), organizationRead('issues/{issue}/'), issueLookup],
  run: async (args, { client }) => {
    const id = await client.issueId(args.issue)
    const keys = args.keys ?? [...new Set(['environment', 'release', 'user', ...((await client.issue(id)).tags ?? []).map(({ key }) => key)])].slice(0, 8)
    const tags = (await Promise.all(keys.map((key) => tagOf(id, key, client)))).filter((tag) => tag !== null)
    return {
      structured: { tags },
      text: tags.length === 0 ? 'The issue has none of these tags.' : tags.map(tagText).join('\n'),
      entities: tags.flatMap(tagEntities),
      signals: tags.flatMap((tag) => tagSignals(tag, args.issue)),
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

function tagSignals(tag: Tag, issue: string): Signal[] {
  const [first] = tag.values
  if (first === undefined || first.share < CONCENTRATED || /^(?:level|handled|mechanism|transaction)$/.test(tag.key)) return []
  return [makeSignal('anomaly', 1, `${Math.round(first.share * 100)} % of the events of ${issue} have ${tag.key}=${first.value} (${first.count} of ${tag.total})`, {
    count: first.count, about: [{ kind: 'issue', value: issue }, ...tagEntities({ ...tag, values: [first] })], says: first.value,
  })]
}
