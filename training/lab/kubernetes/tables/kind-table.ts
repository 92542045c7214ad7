import { list, record, text, type Json } from '../fields.ts'

export type Cell = string | number | boolean

/** How one kind of object is printed. `age` is the time since its creation, as a table shows it. */
export interface KindTable {
  readonly columns: readonly { name: string; type?: 'string' | 'integer'; format?: 'name'; wide?: boolean }[]
  readonly cells: (object: Json, context: { now: Date; age: string }) => readonly Cell[]
}

export const none = '<none>'

/** Columns by name, shown always; then those of the wide form. */
export function columns(shown: readonly string[], wide: readonly string[] = []): KindTable['columns'] {
  return [
    ...shown.map((name) => (name === 'Name' ? { name, format: 'name' as const } : { name })),
    ...wide.map((name) => (name === 'Name' ? { name, format: 'name' as const, wide: true } : { name, wide: true })),
  ]
}

/** The name of an object. */
export function nameOf(object: unknown): string {
  return text(object, 'metadata', 'name')
}

/** Names and images of a pod template's containers, as two cells. */
export function containerCells(template: unknown): [string, string] {
  const containers = list(template, 'spec', 'containers')
  return [containers.map((container) => text(container, 'name')).join(','), containers.map((container) => text(container, 'image')).join(',')]
}

/** A label selector as one cell: `a=b,c in (d,e)`. */
export function selectorCell(selector: unknown): string {
  const labels = Object.entries(record(selector, 'matchLabels')).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${String(value)}`)
  const expressions = list(selector, 'matchExpressions').map((expression) => {
    const [key, operator, values] = [text(expression, 'key'), text(expression, 'operator'), list(expression, 'values').join(',')]
    if (operator === 'Exists') return key
    return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operator.toLowerCase()} (${values})`
  })
  return [...labels, ...expressions].join(',') || none
}

/** A plain map as one cell: `a=b,c=d`. */
export function mapCell(map: Json): string {
  return Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${String(value)}`).join(',') || none
}
