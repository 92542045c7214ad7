import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { fail, FailureError } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { extractEntities } from '../../kit/extract-entities.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { entityField } from '../../kit/window.ts'
import type { SupabaseClient } from '../client.ts'
import { EdgeFunction, FunctionAnswer, functionOf } from '../edge-functions.ts'
import { operations } from '../operations.ts'
import { printableSource } from '../printable-source.ts'

const RECENT_MILLISECONDS = 14 * 86_400_000

export const getFunction = defineTool<SupabaseClient>()({
  name: 'supabase_get_function',
  title: 'Source of an edge function',
  useWhen: 'Use when you need what an edge function does: its deployed source, which tables and hosts it uses, which variables it reads.',
  input: z.object({ function: entityField('function', 'slug') }),
  output: z.object({ function: EdgeFunction, source: z.string().nullable() }),
  operations: [operations.functions, operations.function, operations.functionBody],
  async run({ function: slug }, { client, clock }) {
    const about = functionOf(await client.get(`/functions/${encodeURIComponent(slug)}`, FunctionAnswer).catch(async (error: unknown) => unknownFunction(client, slug, error)))
    const source = printableSource(await client.text(`/functions/${encodeURIComponent(slug)}/body`))
    const variables = [...(source ?? '').matchAll(/\benv\.get\(\s*["'`](\w+)["'`]/g)].map((match) => ({ kind: 'variable' as const, value: match[1] ?? '' }))
    const tables = [...(source ?? '').matchAll(/\.from\(\s*["'`](\w+)["'`]/g)].map((match) => ({ kind: 'table' as const, value: match[1] ?? '' }))
    const uses = distinctEntities([...tables, ...variables, ...extractEntities(source ?? '').filter(({ kind }) => kind === 'host')])
    const entity = { kind: 'function' as const, value: slug, at: about.updatedAt }
    return {
      structured: { function: about, source },
      text: [`Edge function ${slug} version ${about.version} ${about.status}, deployed ${utc(about.updatedAt)}`, source === null ? 'The deployed bundle holds no readable source.' : source].join('\n'),
      entities: distinctEntities([entity, ...variables, ...tables, ...extractEntities(source ?? '')]),
      signals: [
        makeSignal('change', clock.now().getTime() - new Date(about.updatedAt).getTime() < RECENT_MILLISECONDS ? 1 : 0, `Edge function ${slug} runs version ${about.version}, deployed at ${utc(about.updatedAt)}.`, { about: [entity], says: '', at: about.updatedAt }),
        ...(uses.length === 0 ? [] : [makeSignal('state', 0, `Edge function ${slug} uses ${uses.map(({ value }) => value).slice(0, 10).join(', ')}.`, { about: [entity, ...uses], says: '' })]),
      ],
      links: [client.link(`Function ${slug} in Supabase`, `functions/${encodeURIComponent(slug)}`)],
    }
  },
})

async function unknownFunction(client: SupabaseClient, slug: string, error: unknown): Promise<never> {
  if (!(error instanceof FailureError) || error.failure.kind !== 'not_found') throw error
  const known = await client.get('/functions', z.array(FunctionAnswer))
  return fail('not_found', clip(`The project has no edge function ${slug}. There are: ${known.map((one) => one.slug).join(', ') || 'none'}.`, 600), { status: 404 })
}
