import type { Context, Hono } from 'hono'
import type { DatasetName, Row } from '../datasets.ts'
import { badRequest, pageResponse, paramsOf } from '../responses.ts'
import { aggregateOf, fieldAlias, fieldType } from '../search/aggregate.ts'
import { discover, type DiscoverRow } from '../search/discover.ts'
import { filtersOf, parseSearch, SearchError } from '../search/query.ts'
import { environmentFilter, projectFilter, rowsIn, type SentryState } from '../state.ts'
import { windowOf, type TimeWindow } from '../time-window.ts'

/** The names clients use for what the lab stores; null for datasets Sentry has and this organisation has nothing in. */
const datasets: Readonly<Record<string, DatasetName | null>> = {
  errors: 'errors', discover: 'errors', spans: 'spans', spansEAP: 'spans', transactions: 'spans', metricsEnhanced: 'spans', logs: 'logs', ourlogs: 'logs',
  uptime_results: 'uptime_results', uptimeResults: 'uptime_results', profile_functions: null, profileFunctions: null, tracemetrics: null, issuePlatform: null, metrics: null, replays: null,
}

interface Scope {
  readonly name: string
  readonly dataset: DatasetName | null
  readonly rows: readonly Row[]
  readonly window: TimeWindow
}

/** The rows an events request is about: its dataset, within its window, projects and environments. 400 for a dataset Sentry does not have. */
export function eventScope(c: Context, state: SentryState): Scope {
  const params = paramsOf(c)
  const name = params.get('dataset') ?? 'discover'
  const dataset = datasets[name]
  if (dataset === undefined) throw badRequest(`dataset must be one of: ${Object.keys(datasets).join(', ')}`)
  const window = windowOf(params, state.now())
  if (dataset === null) return { name, dataset, rows: [], window }
  const rows = rowsIn(state, dataset, { projects: projectFilter(c, state), environments: environmentFilter(c), window })
  return { name, dataset, rows: name === 'transactions' ? rows.filter((row) => row.fields['is_transaction'] === true) : rows, window }
}

/** What an answer says of its columns; a listed row has two more than were asked for. */
function metaOf(fields: readonly string[], rows: readonly DiscoverRow[], name: string): Record<string, unknown> {
  const types = fields.map((field) => [field, fieldType(field, rows.find((row) => row[field] !== null)?.[field])] as const)
  const own = rows.length > 0 && fields.every((field) => aggregateOf(field) === undefined) ? [['id', 'string'], ['project.name', 'string']] : []
  return {
    fields: Object.fromEntries([...own, ...types]), units: Object.fromEntries(types.map(([field, type]) => [field, type === 'duration' ? 'millisecond' : null])),
    isMetricsData: false, isMetricsExtractedData: false, tips: {}, datasetReason: 'unchanged', dataset: name, dataScanned: 'full', accuracy: { confidence: [] },
  }
}

function eventsResponse(c: Context, state: SentryState): Response {
  const params = paramsOf(c)
  const fields = params.getAll('field')
  if (fields.length === 0) throw badRequest('No columns selected')
  if (fields.length > 20) throw badRequest('You can view up to 20 fields at a time. Please delete some and try again.')
  const { rows, window, name } = eventScope(c, state)
  const found = discover(rows, { fields, search: parseSearch(params.get('query') ?? ''), sort: params.getAll('sort').concat(params.getAll('orderby')), window, now: state.now().getTime() })
  return pageResponse(c, found, (row) => row, { size: 50, sizeParams: ['per_page'], wrap: (data) => ({ data, meta: metaOf(fields, found, name) }) })
}

interface Validity {
  readonly valid: boolean
  readonly error: string | null
  readonly name: string
  readonly attrType: string | null
}

const builtIn = new Set(['has', 'timestamp', 'project', 'project.id', 'project.name', 'environment', 'release', 'user', 'trace', 'issue', 'message', 'title', 'level', 'is_transaction', 'severity'])

function fieldValidity(field: string, rows: readonly Row[]): Validity {
  try {
    if (aggregateOf(field) !== undefined) return { valid: true, error: null, name: field, attrType: 'number' }
  } catch (error) {
    return { valid: false, error: error instanceof Error ? error.message : String(error), name: field, attrType: null }
  }
  const sample = rows.flatMap((row) => row.values(field))[0]
  if (sample === undefined && !builtIn.has(field)) return { valid: false, error: 'Unknown attribute', name: field, attrType: null }
  return { valid: true, error: null, name: field, attrType: typeof sample === 'number' ? 'number' : typeof sample === 'boolean' ? 'boolean' : 'string' }
}

/** Says of each part of an events request whether the search would take it; 400 when it would not. */
function validateResponse(c: Context, state: SentryState): Response {
  const params = paramsOf(c)
  const { rows, dataset, name } = eventScope(c, state)
  const empty = { projects: [], environment: [], field: [], query: { valid: true, error: null, fields: [] }, orderby: [] }
  if (dataset === null || dataset === 'errors') {
    return c.json({ valid: true, ...empty, dataset: [{ name, valid: true, error: 'This dataset is not compatible with the validate endpoint, your request may still be valid' }] })
  }
  const field = params.getAll('field').map((name) => fieldValidity(name, rows))
  const query = queryValidity(params.get('query') ?? '', rows)
  const orderby = params.getAll('sort').concat(params.getAll('orderby')).map((order): Validity => {
    const selected = field.find(({ name }) => fieldAlias(name) === fieldAlias(order.replace(/^-/, '')))
    return selected === undefined ? { valid: false, error: 'Orderby must also be a selected field', name: order, attrType: null } : { ...selected, name: order }
  })
  const valid = [...field, query, ...orderby].every((part) => part.valid)
  return c.json({ valid, ...empty, dataset: [], field, query, orderby }, valid ? 200 : 400)
}

function queryValidity(query: string, rows: readonly Row[]): { valid: boolean; error: string | null; fields: Validity[] } {
  try {
    const fields = filtersOf(parseSearch(query)).map((filter) => fieldValidity(filter.key, rows))
    return { valid: fields.every((field) => field.valid), error: null, fields }
  } catch (error) {
    if (error instanceof SearchError) return { valid: false, error: error.message, fields: [] }
    throw error
  }
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1
}

/** Attribute names of a dataset with the type of their values, for the item or data set a request names. */
function attributesOf(c: Context, state: SentryState): Record<string, unknown>[] {
  const params = paramsOf(c)
  const item = params.get('itemType') ?? params.get('dataset') ?? 'spans'
  const dataset = datasets[item] ?? null
  const rows = dataset === null ? [] : rowsIn(state, dataset, { projects: projectFilter(c, state), environments: environmentFilter(c), window: windowOf(params, state.now()) })
  const wanted = params.get('substringMatch') ?? ''
  const type = params.getAll('attributeType')
  const samples = new Map(rows.flatMap((row) => Object.entries(row.fields)))
  return [...samples].filter(([key]) => key.includes(wanted)).toSorted(byKey).map(([key, value]) => ({
    key, name: key, attributeSource: { source_type: builtIn.has(key) || key.startsWith('span.') ? 'sentry' : 'user' }, attributeType: typeof value,
  })).filter((each) => type.length === 0 || type.includes(each.attributeType))
}

/** Columns of the errors that are not tags; everything else a stored event has is one. */
const errorColumns = /^(?:id|title|message|culprit|platform|transaction|trace|trace\.span|span_id|(?:event|issue|project|error|http|user)\..+|issue|project)$/

/** Tag keys of the organisation's errors, with how many values each has. The names are those this address takes, which are not those of events/. */
function tagsOf(c: Context, state: SentryState): Record<string, unknown>[] {
  const params = paramsOf(c)
  const dataset = params.get('dataset') ?? 'discover'
  if (!['discover', 'events', 'replays', 'search_issues'].includes(dataset)) throw badRequest(`dataset must be one of: discover, events, replays, search_issues`)
  if (dataset === 'replays') return []
  const rows = rowsIn(state, 'errors', { projects: projectFilter(c, state), environments: environmentFilter(c), window: windowOf(params, state.now()) })
  const tags = rows.flatMap((row) => Object.entries(row.fields).filter(([key]) => !errorColumns.test(key)).map(([key, value]) => ({ key, value, weight: row.weight })))
  return [...Map.groupBy(tags, (tag) => tag.key)].toSorted(byKey).map(([key, same]) => ({
    key, name: key, uniqueValues: new Set(same.map((tag) => tag.value)).size, totalValues: same.reduce((sum, tag) => sum + tag.weight, 0),
  }))
}

/** Queries over any dataset, their validation, and what can be asked of it. */
export function addEventRoutes(app: Hono, state: SentryState): void {
  const base = '/api/0/organizations/:org'
  app.get(`${base}/events/`, (c) => eventsResponse(c, state))
  app.get(`${base}/events/validate/`, (c) => validateResponse(c, state))
  app.get(`${base}/events-meta/`, (c) => c.json({ count: eventScope(c, state).rows.reduce((sum, row) => sum + row.weight, 0) }))
  app.get(`${base}/trace-items/attributes/`, (c) => pageResponse(c, attributesOf(c, state), (attribute) => attribute))
  app.get(`${base}/trace-items/attributes/:key/values/`, (c) => {
    const values = new Map(eventScope(c, state).rows.flatMap((row) => row.values(c.req.param('key')).map((value) => [String(value), row.at] as const)))
    return pageResponse(c, [...values].toSorted(byKey), ([value, at]) => ({ key: c.req.param('key'), name: value, value, count: null, firstSeen: new Date(at).toISOString(), lastSeen: new Date(at).toISOString() }))
  })
  app.get(`${base}/tags/`, (c) => c.json(tagsOf(c, state)))
}
