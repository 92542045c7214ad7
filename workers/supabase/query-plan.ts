import { z } from 'zod'

/** A node of Postgres' plan in its JSON form, as far as it is read. Source: PostgreSQL's documentation of EXPLAIN. */
interface PlanNode {
  readonly type: string
  readonly relation: string | null
  readonly index: string | null
  readonly condition: string | null
  readonly rows: number
  readonly cost: number
  readonly children: readonly PlanNode[]
}

const RawNode: z.ZodType<PlanNode> = z.lazy(() => z.object({
  'Node Type': z.string(), 'Relation Name': z.string().optional(), 'Index Name': z.string().optional(), 'Index Cond': z.string().optional(), 'Hash Cond': z.string().optional(),
  'Recheck Cond': z.string().optional(), Filter: z.string().optional(), 'Plan Rows': z.number().default(0), 'Total Cost': z.number().default(0), Plans: z.array(RawNode).default([]),
}).transform((raw) => ({
  type: raw['Node Type'], relation: raw['Relation Name'] ?? null, index: raw['Index Name'] ?? null,
  condition: [raw['Index Cond'], raw['Hash Cond'] ?? raw['Recheck Cond'], raw.Filter].filter((part) => part !== undefined).join(' and ') || null,
  rows: raw['Plan Rows'], cost: raw['Total Cost'], children: raw.Plans,
})))

const Document = z.array(z.object({ Plan: RawNode })).min(1)

/** A text that is no JSON stays what it is, and the schema refuses it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The one row that `explain (format json)` returns; some drivers leave the document as text. */
export const PlanRow = z.object({ 'QUERY PLAN': z.union([z.string().transform(parsed), z.unknown()]).pipe(Document) })

/** One step of a plan; `depth` is 0 for the outermost. */
export interface PlanStep extends Omit<PlanNode, 'children'> {
  readonly depth: number
}

/** A plan's steps from the outermost inwards. */
export function planSteps(row: z.infer<typeof PlanRow>): PlanStep[] {
  const walk = ({ children, ...node }: PlanNode, depth: number): PlanStep[] => [{ ...node, depth }, ...children.flatMap((child) => walk(child, depth + 1))]
  return row['QUERY PLAN'].flatMap(({ Plan }) => walk(Plan, 0))
}
