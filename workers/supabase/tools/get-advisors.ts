import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity, EntityKind } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'

const Answer = z.object({
  lints: z.array(z.object({
    name: z.string(), title: z.string(), level: z.string(), detail: z.string(),
    metadata: z.looseObject({ schema: z.string().optional(), name: z.string().optional(), type: z.string().optional() }).nullish(),
  })),
})
const Advice = z.object({ area: z.enum(['security', 'performance']), name: z.string(), title: z.string(), level: z.string(), detail: z.string(), object: z.string().nullable() })

export const getAdvisors = defineTool<SupabaseClient>()({
  name: 'supabase_get_advisors',
  title: 'What Supabase’s own advisors report',
  useWhen: 'Use when permissions, row level security or missing indexes may be the cause.',
  input: z.object({ area: z.enum(['security', 'performance', 'both']).default('both') }),
  output: z.object({ advices: z.array(Advice) }),
  operations: [operations.securityAdvisors, operations.performanceAdvisors],
  async run({ area }, { client }) {
    const areas = area === 'both' ? (['security', 'performance'] as const) : [area]
    const answers = await Promise.all(areas.map(async (one) => ({ one, lints: (await client.get(`/advisors/${one}`, Answer)).lints })))
    const found = answers.flatMap(({ one, lints }) => lints.map((lint) => ({
      area: one, name: lint.name, title: lint.title, level: lint.level, detail: lint.detail,
      object: lint.metadata?.name === undefined ? null : `${lint.metadata.schema === undefined ? '' : `${lint.metadata.schema}.`}${lint.metadata.name}`,
      entities: objectOf(lint.metadata ?? {}),
    }))).sort((a, b) => rank(b.level) - rank(a.level))
    const notable = found.filter((advice) => advice.level === 'ERROR')
    return {
      structured: { advices: found.map(({ entities: _entities, ...advice }) => advice) },
      text: found.length === 0 ? 'The advisors report nothing.' : [`${found.length} advices, errors first:`, ...found.map((advice) => `${advice.level} ${advice.area} ${advice.name}: ${clip(advice.detail, 300)}`)].join('\n'),
      entities: distinctEntities(found.flatMap((advice) => advice.entities)),
      signals: notable.length > 0
        ? notable.slice(0, 8).map((advice) => makeSignal('state', 1, `${advice.object ?? 'The project'}: ${advice.title || advice.name} (advisor ${advice.name}): ${clip(advice.detail, 200)}`, { about: advice.entities }))
        : [makeSignal('healthy', 0, `Supabase’s advisors report no error (${found.length === 0 ? 'nothing at all' : `${found.length} lesser advices: ${[...new Set(found.map((advice) => `${advice.name}${advice.object === null ? '' : ` on ${advice.object}`}`))].slice(0, 5).join(', ')}`}).`, { about: found.slice(0, 5).flatMap((advice) => advice.entities), says: '' })],
      links: areas.map((one) => client.link(`${one} advisor in Supabase`, `advisors/${one}`)),
    }
  },
})

function rank(level: string): number {
  return level === 'ERROR' ? 2 : level === 'WARN' ? 1 : 0
}

const KINDS: Readonly<Record<string, EntityKind>> = { table: 'table', view: 'table', function: 'function' }

function objectOf(metadata: { name?: string | undefined; type?: string | undefined }): Entity[] {
  return metadata.name === undefined ? [] : [{ kind: KINDS[metadata.type ?? 'table'] ?? 'identifier', value: metadata.name }]
}
