import { Hono, type Context } from 'hono'
import type { Recorder } from '../recorder.ts'
import { QueryError, type Database } from './database.ts'

interface RestDeps {
  readonly recorder: Recorder
  readonly database: Database
}

/** A request PostgREST would refuse before it asks the database. */
class RestError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

function identifier(name: string): string {
  if (!/^[\w$]+$/.test(name)) throw new RestError('PGRST100', `"failed to parse identifier (${name})"`)
  return `"${name}"`
}

const comparisons: Readonly<Record<string, string>> = { eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=', like: 'like', ilike: 'ilike', match: '~', imatch: '~*' }

/** One filter, `column=operator.value`, as SQL; values become parameters. */
function condition(column: string, filter: string, parameters: unknown[]): string {
  const [, negated, operator = '', value = ''] = /^(not\.)?(\w+)\.([\s\S]*)$/.exec(filter) ?? []
  const not = negated ? 'not ' : ''
  const [name, path] = column.split('->>')
  const operand = path === undefined ? identifier(column) : `${identifier(name ?? '')} ->> '${path.replaceAll("'", "''")}'`
  if (operator === 'is') {
    if (!['null', 'true', 'false', 'unknown'].includes(value)) throw new RestError('PGRST100', `"failed to parse filter (${filter})"`)
    return `${not}${operand} is ${value}`
  }
  if (operator === 'in') {
    const values = [...value.replace(/^\(|\)$/g, '').matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g)].map(([, quoted, plain]) => quoted ?? plain)
    parameters.push(values)
    return `${not}${operand}::text = any($${parameters.length}::text[])`
  }
  const sign = comparisons[operator]
  if (sign === undefined) throw new RestError('PGRST100', `"failed to parse filter (${filter})"`)
  parameters.push(/like/.test(operator) ? value.replaceAll('*', '%') : value)
  return `${not}${operand}${/like|match/.test(operator) ? '::text' : ''} ${sign} $${parameters.length}`
}

function selected(select: string | null): string {
  if (select === null || select === '' || select === '*') return '*'
  return select.split(',').map((part) => {
    if (/[()]/.test(part)) throw new RestError('PGRST200', 'The simulated PostgREST does not embed other tables')
    const [alias, column] = part.includes(':') ? part.split(':') : [undefined, part]
    const [name = '', cast] = (column ?? '').split('::')
    const sql = name === '*' ? '*' : `${identifier(name)}${cast ? `::${identifier(cast)}` : ''}`
    return alias ? `${sql} as ${identifier(alias)}` : sql
  }).join(', ')
}

function ordered(order: string | null): string {
  if (!order) return ''
  const terms = order.split(',').map((term) => {
    const [column = '', ...rest] = term.split('.')
    const nulls = rest.includes('nullsfirst') ? ' nulls first' : rest.includes('nullslast') ? ' nulls last' : ''
    return `${identifier(column)}${rest.includes('desc') ? ' desc' : ' asc'}${nulls}`
  })
  return ` order by ${terms.join(', ')}`
}

const reserved = new Set(['select', 'order', 'limit', 'offset', 'columns', 'on_conflict'])
const mostRows = 1000

interface Page {
  readonly offset: number
  readonly limit: number
}

function pageOf(request: Request, query: URLSearchParams): Page {
  const [, from, to] = /^(\d+)-(\d*)$/.exec(request.headers.get('range') ?? '') ?? []
  const offset = Number(query.get('offset') ?? from ?? 0)
  const limit = query.get('limit') ?? (to ? String(Number(to) - Number(from) + 1) : undefined)
  return { offset, limit: Math.min(limit === undefined ? mostRows : Number(limit), mostRows) }
}

/** Reads rows of one table as PostgREST does: `select`, filters, `order`, `limit`, `offset`, Range, and an exact count where preferred. */
async function readTable(context: Context, table: string, database: Database): Promise<Response> {
  const request = context.req.raw
  const query = new URL(request.url).searchParams
  const parameters: unknown[] = []
  const filters = [...query].filter(([name]) => !reserved.has(name)).map(([column, filter]) => condition(column, filter, parameters))
  const where = filters.length > 0 ? ` where ${filters.join(' and ')}` : ''
  const { offset, limit } = pageOf(request, query)
  const schema = request.headers.get('accept-profile') ?? 'public'
  const from = `${identifier(schema)}.${identifier(table)}${where}`
  const page = `select ${selected(query.get('select'))} from ${from}${ordered(query.get('order'))} limit ${limit} offset ${offset}`
  const wantsCount = /count=(exact|planned|estimated)/.test(request.headers.get('prefer') ?? '')
  const { rows } = await database.read([{ sql: `select coalesce(json_agg(page), '[]')::text as body, count(*) as read, ${wantsCount ? `(select count(*) from ${from})` : 'null'} as total from (${page}) page`, parameters }])
  const read = Number(rows[0]?.['read'] ?? 0)
  const total = wantsCount ? String(rows[0]?.['total']) : '*'
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-range': `${read === 0 ? '*' : `${offset}-${offset + read - 1}`}/${total}` }
  const body = String(rows[0]?.['body'])
  if (request.headers.get('accept')?.includes('vnd.pgrst.object')) return single(body, read, headers)
  return new Response(request.method === 'HEAD' ? null : body, { status: wantsCount && read < Number(total) ? 206 : 200, headers })
}

function single(body: string, read: number, headers: Record<string, string>): Response {
  if (read !== 1) return Response.json({ code: 'PGRST116', details: `The result contains ${read} rows`, hint: null, message: 'Cannot coerce the result to a single JSON object' }, { status: 406 })
  return new Response(JSON.stringify((JSON.parse(body) as unknown[])[0]), { status: 200, headers })
}

/** `/rest/v1/…`: reads of tables. Embedding, `or=` and `rpc` are not served; a write or a call is refused, and recorded as a write. */
export function createRest({ recorder, database }: RestDeps): Hono {
  const rest = new Hono()
  rest.on(['GET', 'HEAD'], '/:table', async (context) => {
    const table = context.req.param('table')
    try {
      return await readTable(context, table, database)
    } catch (error) {
      if (error instanceof RestError) return context.json({ code: error.code, details: null, hint: null, message: error.message }, 400)
      if (!(error instanceof QueryError)) throw error
      const { code, message, detail, hint } = error.failure
      if (code === '42P01') return context.json({ code: 'PGRST205', details: null, hint: null, message: `Could not find the table 'public.${table}' in the schema cache` }, 404)
      return context.json({ code, details: detail, hint, message }, 400)
    }
  })
  rest.all('/rpc/:name', (context) => {
    recorder.mark(context.req.raw, { write: true })
    return context.json({ code: '42501', details: null, hint: null, message: `permission denied for function ${context.req.param('name')}` }, 403)
  })
  rest.all('*', (context) => context.json({ code: '25006', details: null, hint: null, message: 'cannot execute this request in a read-only transaction' }, 405))
  return rest
}
