import { ageOf } from './durations.ts'
import { text, type Json } from './fields.ts'
import { configurationTables } from './tables/configuration.ts'
import { networkTables } from './tables/network.ts'
import type { Cell, KindTable } from './tables/kind-table.ts'
import { nodeTables } from './tables/nodes-and-storage.ts'
import { podTables } from './tables/pods-and-events.ts'
import { workloadTables } from './tables/workloads.ts'

const tables: Readonly<Record<string, KindTable>> = { ...podTables, ...workloadTables, ...nodeTables, ...networkTables, ...configurationTables }

const plain: KindTable = {
  columns: [{ name: 'Name', format: 'name' }, { name: 'Created At' }],
  cells: (object) => [text(object, 'metadata', 'name'), text(object, 'metadata', 'creationTimestamp')],
}

/** What a client wants beside each row: nothing, the object's metadata, or the object. */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

interface TableOptions {
  readonly kind: string
  readonly apiVersion: string
  readonly now: Date
  readonly include: IncludeObject
  readonly metadata: object
}

function beside(object: Json, { kind, apiVersion, include }: TableOptions): object | undefined {
  if (include === 'None') return undefined
  if (include === 'Object') return { kind, apiVersion, ...object }
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object['metadata'] }
}

/** Objects of one kind as a meta.k8s.io/v1 Table, with the columns that kubectl prints; priority 1 shows in `-o wide` only. */
export function tableOf(objects: readonly Json[], options: TableOptions): object {
  const { columns, cells } = tables[options.kind] ?? plain
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: columns.map(({ name, type = 'string', format = '', wide = false }) => ({ name, type, format, description: name, priority: wide ? 1 : 0 })),
    rows: objects.map((object): { cells: readonly Cell[]; object?: object } => {
      const age = ageOf(text(object, 'metadata', 'creationTimestamp'), options.now)
      const kept = beside(object, options)
      return { cells: cells(object, { now: options.now, age }), ...(kept && { object: kept }) }
    }),
  }
}
