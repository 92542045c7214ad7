import { z } from 'zod'
import type { Clock } from '../../../src/core/time.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { cursorField, limitField, resolveWindow } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { projectField, windowQuery } from '../fields.ts'
import { organizationRead } from '../operations.ts'

const Attribute = z.object({ key: z.string(), type: z.string(), custom: z.boolean().nullable(), values: z.number().nullable() })
type Attribute = z.infer<typeof Attribute>

const WEEK_OF_MINUTES = 7 * 24 * 60

/** What a data set can be asked for: the tags of errors, the attributes of spans and logs, as the last week had them. */
export const listAttributes = defineTool<SentryClient>()({
  name: 'sentry_list_attributes',
  title: 'List what can be queried',
  useWhen: 'Use when you need the field names for a query: tags of errors, attributes of spans or logs.',
  input: z.object({ dataset: z.enum(['errors', 'spans', 'logs']), contains: z.string().max(60).optional(), project: projectField, limit: limitField(100, 500), cursor: cursorField }),
  output: z.object({ attributes: z.array(Attribute) }),
  operations: [organizationRead('trace-items/attributes/'), organizationRead('tags/')],
  run: async (args, { client, clock }) => {
    const { all, cursor } = args.dataset === 'errors' ? await tagsOf(args, client, clock) : await attributesOf(args, args.dataset, client, clock)
    const attributes = all.slice(0, args.limit)
    return {
      structured: { attributes },
      text: attributes.length === 0
        ? `The ${args.dataset} of the last week carry no attribute${args.contains === undefined ? '' : ` whose name contains "${args.contains}"`}.`
        : attributes.map(({ key, type, custom, values }) => `${key} (${type}${custom === true ? ', the team’s own' : ''}${values === null ? '' : `, ${values} values`})`).join('\n'),
      entities: [],
      signals: [],
      truncated: cursor !== undefined || all.length > attributes.length,
      cursor,
    }
  },
})

interface Asked {
  readonly contains?: string | undefined
  readonly project?: string | undefined
  readonly cursor?: string | undefined
}

async function tagsOf({ contains = '', project }: Asked, client: SentryClient, clock: Clock): Promise<{ all: Attribute[]; cursor: undefined }> {
  const tags = await client.tagKeys({ project, dataset: 'events', ...lastWeek(clock) })
  return { all: tags.filter(({ key }) => key.includes(contains)).map(({ key, uniqueValues }) => ({ key, type: 'string', custom: null, values: uniqueValues ?? null })), cursor: undefined }
}

async function attributesOf({ contains, project, cursor }: Asked, itemType: 'spans' | 'logs', client: SentryClient, clock: Clock): Promise<{ all: Attribute[]; cursor: string | undefined }> {
  const page = await client.attributes({ itemType, attributeType: ['string', 'number', 'boolean'], substringMatch: contains, project, cursor, ...lastWeek(clock) })
  const all = page.items.map(({ key, attributeType, attributeSource }) => ({
    // The key is what a query takes, such as tags[size,number]; the name beside it is for people.
    key, type: attributeType ?? 'string', custom: typeof attributeSource?.source_type === 'string' ? attributeSource.source_type === 'user' : null, values: null,
  }))
  return { all, cursor: page.cursor }
}

function lastWeek(clock: Clock): { start: string; end: string } {
  return windowQuery(resolveWindow({}, clock, { defaultMinutes: WEEK_OF_MINUTES, maxMinutes: WEEK_OF_MINUTES }))
}
