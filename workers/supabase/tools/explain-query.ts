import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import { FailureError, fail } from '../../../src/core/errors.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip } from '../../kit/plain-text.ts'
import type { SupabaseClient } from '../client.ts'
import { operations } from '../operations.ts'
import { PlanRow, planSteps } from '../query-plan.ts'
import type { PlanStep } from '../query-plan.ts'
import { sqlEntities } from '../sql-entities.ts'

const Step = z.object({ depth: z.number().int(), type: z.string(), relation: z.string().nullable(), index: z.string().nullable(), condition: z.string().nullable(), rows: z.number(), cost: z.number() })
const Size = z.object({ table: z.string(), rows: z.coerce.number() })

/** Reading all of a table this large to keep a part of it is worth naming. */
const LARGE_ROWS = 10_000

export const explainQuery = defineTool<SupabaseClient>()({
  name: 'supabase_explain_query',
  title: 'How the database would run a SELECT',
  useWhen: 'Use when a statement is slow: the plan, and which large tables it reads without an index. Does not run it; $1 may stand for values.',
  input: z.object({ sql: z.string().min(7).max(4_000).describe('one SELECT, without EXPLAIN') }),
  output: z.object({ cost: z.number(), rows: z.number(), steps: z.array(Step) }),
  operations: [operations.select],
  async run({ sql }, { client }) {
    const options = /\$\d/.test(sql) ? 'format json, generic_plan' : 'format json'
    const [row] = await client.select(`explain (${options}) ${sql}`, PlanRow).catch(explainRefusal)
    const steps = row === undefined ? fail('bad_response', 'Supabase returned no plan.') : planSteps(row)
    const relations = [...new Set(steps.flatMap(({ relation }) => relation ?? []))]
    const sizes = relations.length === 0 ? [] : await client.select(`select relname::text as "table", greatest(reltuples, 0)::float8 as rows from pg_class where relkind in ('r', 'p', 'm') and relname in (${relations.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ')})`, Size)
    const rowsOf = new Map(sizes.map(({ table, rows }) => [table, rows]))
    const signals = steps.flatMap((step) => scanSignal(step, rowsOf))
    const [top] = steps
    return {
      structured: { cost: top?.cost ?? 0, rows: top?.rows ?? 0, steps },
      text: [`Plan of ${clip(sql, 300)}`, ...steps.map((step) => stepText(step, rowsOf))].join('\n'),
      entities: distinctEntities([...sqlEntities(sql), ...relations.map((value): Entity => ({ kind: 'table', value })), ...steps.flatMap(({ index }): Entity[] => (index === null ? [] : [{ kind: 'identifier', value: index }]))]),
      signals: signals.length > 0 ? signals : [makeSignal('healthy', 0, `The plan reads no large table from end to end (cost ${Math.round(top?.cost ?? 0)}).`, { about: sqlEntities(sql), says: '' })],
    }
  },
})

function stepText(step: PlanStep, rowsOf: ReadonlyMap<string, number>): string {
  const on = step.relation === null ? '' : ` on ${step.relation} (about ${Math.round(rowsOf.get(step.relation) ?? 0)} rows)`
  return `${'  '.repeat(step.depth)}${step.type}${on}${step.index === null ? '' : ` by ${step.index}`}: ${Math.round(step.rows)} rows, cost ${Math.round(step.cost)}${step.condition === null ? '' : `, ${clip(step.condition, 200)}`}`
}

function scanSignal(step: PlanStep, rowsOf: ReadonlyMap<string, number>): Signal[] {
  const size = step.relation === null ? 0 : (rowsOf.get(step.relation) ?? 0)
  if (step.type !== 'Seq Scan' || step.relation === null || step.condition === null || size < LARGE_ROWS) return []
  return [makeSignal('anomaly', 2, `${step.relation}: the plan reads all ${Math.round(size)} rows to find ${Math.round(step.rows)}; no index serves ${clip(step.condition, 160)}.`, { about: [{ kind: 'table', value: step.relation }], says: '' })]
}

function explainRefusal(error: unknown): never {
  if (error instanceof FailureError && error.failure.kind === 'invalid_input') {
    fail('invalid_input', 'The database could not plan the statement: a name, a type or the syntax is wrong. Placeholders such as $1 need Postgres 16; before that, put values in their place.', { status: 400 })
  }
  throw error
}
