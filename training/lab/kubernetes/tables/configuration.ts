import { list, record, text, type Json } from '../fields.ts'
import { columns, nameOf, type KindTable } from './kind-table.ts'

function usedOf(object: Json, isWanted: (name: string) => boolean): string {
  return Object.entries(record(object, 'spec', 'hard')).filter(([name]) => isWanted(name)).map(([name, hard]) => `${name}: ${text(object, 'status', 'used', name) || '0'}/${String(hard)}`).toSorted().join(', ')
}

/** Printers of what configures and limits pods. */
export const configurationTables: Readonly<Record<string, KindTable>> = {
  ConfigMap: {
    columns: columns(['Name', 'Data', 'Age']),
    cells: (object, { age }) => [nameOf(object), Object.keys(record(object, 'data')).length + Object.keys(record(object, 'binaryData')).length, age],
  },
  ServiceAccount: {
    columns: columns(['Name', 'Secrets', 'Age']),
    cells: (object, { age }) => [nameOf(object), list(object, 'secrets').length, age],
  },
  ResourceQuota: {
    columns: columns(['Name', 'Request', 'Limit', 'Age']),
    cells: (object, { age }) => [nameOf(object), usedOf(object, (name) => !name.startsWith('limits.')), usedOf(object, (name) => name.startsWith('limits.')), age],
  },
  LimitRange: {
    columns: columns(['Name', 'Created At']),
    cells: (object) => [nameOf(object), text(object, 'metadata', 'creationTimestamp')],
  },
}
