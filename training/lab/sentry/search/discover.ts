import type { Row } from '../datasets.ts'
import type { TimeWindow } from '../time-window.ts'
import { aggregateOf, computeAggregate, discoverTime, fieldAlias, type Aggregate, type Value } from './aggregate.ts'
import { matches } from './match.ts'
import { filtersOf, SearchError, type SearchNode } from './query.ts'

/** A query of the events endpoints over rows that are already inside `window`. */
export interface DiscoverQuery {
  readonly fields: readonly string[]
  readonly search: SearchNode
  readonly sort: readonly string[]
  readonly window: TimeWindow
  /** Milliseconds; what ages in the search are measured from. */
  readonly now: number
}

export type DiscoverRow = Record<string, Value>

/** The rows an events query answers with: listed one by one, or grouped by its plain columns when it has an aggregate. Throws SearchError. */
export function discover(rows: readonly Row[], query: DiscoverQuery): DiscoverRow[] {
  const { search, having } = splitAggregateFilters(query.search)
  const hits = rows.filter((row) => matches(search, row, query.now))
  const aggregates = query.fields.map((field) => aggregateOf(field))
  const result = aggregates.some(Boolean) ? grouped(hits, query, aggregates) : hits.filter((row) => row.stored).map((row) => listed(row, query.fields))
  return sorted(result.filter((row) => having.every((filter) => matches(filter, searchableOf(row), query.now))), query)
}

/** Conditions on aggregates (`count():>5`) hold for groups, all others for rows; only a plain conjunction may mix them, as in Sentry. */
function splitAggregateFilters(search: SearchNode): { search: SearchNode; having: SearchNode[] } {
  const onAggregate = (node: SearchNode): boolean => filtersOf(node).some((filter) => filter.key.includes('('))
  if (!onAggregate(search)) return { search, having: [] }
  if (search.type !== 'and') return { search: { type: 'and', nodes: [] }, having: [search] }
  return { search: { type: 'and', nodes: search.nodes.filter((node) => !onAggregate(node)) }, having: search.nodes.filter(onAggregate) }
}

function searchableOf(row: DiscoverRow) {
  return { text: '', values: (key: string) => { const value = row[key]; return value === null || value === undefined ? [] : [value] } }
}

function columnOf(row: Row, field: string): Value {
  if (field === 'timestamp') return discoverTime(row.at)
  if (field === 'timestamp_precise') return row.at * 1e6
  if (field === 'timestamp.to_hour') return discoverTime(Math.floor(row.at / 3_600_000) * 3_600_000)
  if (field === 'timestamp.to_day') return discoverTime(Math.floor(row.at / 86_400_000) * 86_400_000)
  return row.values(field.replace(/^tags\[([^\],]+)(?:,\s*\w+)?\]$/, '$1'))[0] ?? null
}

/** A listed row carries its own id and its project beside the columns asked for, as Sentry adds them. */
function listed(row: Row, fields: readonly string[]): DiscoverRow {
  const columns = Object.fromEntries(fields.map((field) => [field, columnOf(row, field)]))
  return { ...columns, id: columnOf(row, 'id'), 'project.name': row.project, ...(fields.includes('project') ? { project: row.project } : {}) }
}

function grouped(rows: readonly Row[], query: DiscoverQuery, aggregates: readonly (Aggregate | undefined)[]): DiscoverRow[] {
  const plain = query.fields.filter((_, index) => aggregates[index] === undefined)
  const groups = Map.groupBy(rows, (row) => JSON.stringify(plain.map((field) => columnOf(row, field))))
  if (groups.size === 0 && plain.length === 0) groups.set('[]', [])
  return [...groups.values()].map((members) => Object.fromEntries(query.fields.map((field, index) => {
    const aggregate = aggregates[index]
    const [first] = members
    return [field, aggregate === undefined ? (first === undefined ? null : columnOf(first, field)) : computeAggregate(aggregate, members, query.window)]
  })))
}

function sorted(rows: DiscoverRow[], { sort, fields }: DiscoverQuery): DiscoverRow[] {
  const orders = sort.map((order) => {
    const wanted = order.replace(/^-/, '')
    const field = fields.find((candidate) => candidate === wanted || fieldAlias(candidate) === fieldAlias(wanted))
    if (field === undefined) throw new SearchError('Cannot sort by a field that is not selected: orderby must also be in the selected columns or groupby')
    return { field, factor: order.startsWith('-') ? -1 : 1 }
  })
  return rows.toSorted((one, other) => {
    for (const { field, factor } of orders) {
      const order = compareValues(one[field] ?? null, other[field] ?? null)
      if (order !== 0) return order * factor
    }
    return 0
  })
}

function compareValues(one: Value, other: Value): number {
  if (one === other) return 0
  if (one === null || other === null) return one === null ? -1 : 1
  return one < other ? -1 : 1
}
