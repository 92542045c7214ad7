import { allWorkers } from './bind-workers.ts'
import { UserError } from './core/errors.ts'
import type { Operation, WorkerName } from './core/worker.ts'
import { toolSchemas } from '../workers/kit/tool-schema.ts'

export interface CatalogueRow {
  readonly name: string
  readonly worker: WorkerName
  readonly operations: readonly Operation[]
  readonly readOnly: true
  /** What the tool's name, description and parameters cost a model, at four characters a token. */
  readonly schemaTokens: number
}

/** Every tool there is, or one worker's. Throws `UserError` that lists the workers for an unknown one. */
export async function toolCatalogue(worker?: string): Promise<CatalogueRow[]> {
  const workers = await allWorkers()
  if (worker !== undefined && !workers.some(({ name }) => name === worker)) throw new UserError(`There is no worker "${worker}". The workers are: ${workers.map(({ name }) => name).join(', ')}.`)
  return workers
    .filter(({ name }) => worker === undefined || name === worker)
    .flatMap(({ name, tools }) => tools.map((tool) => ({
      name: tool.name, worker: name, operations: tool.operations, readOnly: true as const,
      schemaTokens: Math.ceil(JSON.stringify({ name: tool.name, description: tool.useWhen, parameters: toolSchemas(tool).parameters }).length / 4),
    })))
}

/** The catalogue as lines, with each worker's total. */
export function catalogueText(rows: readonly CatalogueRow[]): string {
  const lines = rows.map((row) => `${row.name.padEnd(40)} ${String(row.schemaTokens).padStart(5)} tokens   ${row.operations.map(operationText).join('; ')}`)
  const totals = [...new Set(rows.map((row) => row.worker))].map((worker) => {
    const own = rows.filter((row) => row.worker === worker)
    return `${worker}: ${own.length} tools, ${own.reduce((sum, row) => sum + row.schemaTokens, 0)} schema tokens, all read-only`
  })
  return [...lines, '', ...totals].join('\n')
}

function operationText(operation: Operation): string {
  if (operation.type === 'http') return `${operation.method} ${operation.path}`
  if (operation.type === 'graphql') return `query ${/query\s+(\w+)/.exec(operation.document)?.[1] ?? ''}`
  if (operation.type === 'mcp') return `${operation.tool} of the MCP server ${operation.server}`
  return operation.type === 'sql' ? 'one SELECT' : operation.name
}
