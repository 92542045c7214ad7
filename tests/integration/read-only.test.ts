import { Kind, parse } from 'graphql'
import { parse as parseSql } from 'libpg-query'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toolCatalogue } from '../../src/tool-catalogue.ts'
import { workerNames } from '../../src/core/worker.ts'
import type { Operation } from '../../src/core/worker.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'
import { explore, namesIn, openAllTools } from '../fixtures/all-tools.ts'
import type { AllTools, SentRequest, Tried } from '../fixtures/all-tools.ts'
import { hideValues } from '../fixtures/hidden-values.ts'
import { hostileCalls } from '../fixtures/hostile-arguments.ts'

/** Reads that their service takes as a POST, and nothing but an empty body with them. */
const readingPosts: ReadonlySet<string> = new Set(['/v1/projects/{ref}/network-bans/retrieve'])
/** Where a Kubernetes path leads to credentials, into a container or past the API server. */
const forbiddenResources = /\/(?:secrets|exec|attach|portforward|proxy|ephemeralcontainers|token|eviction|binding)(?:\/|$)/
/** Literal segments, `{x}` and `{x+}`; GitHub's `{base}...{head}` is the one segment with two. */
const template = /^(?:\/(?:[\w.@:,~-]*|\{\w+\+?\}(?:\.\.\.\{\w+\+?\})?))+$/

function operationKinds(document: string): string[] {
  return parse(document).definitions.flatMap((definition) => (definition.kind === Kind.OPERATION_DEFINITION ? [definition.operation] : []))
}

/** Why an operation could do more than read; null when it cannot. */
function dangerOf(worker: string, operation: Operation): string | null {
  if (operation.type === 'local') return null
  if (operation.type === 'mcp') return 'what another server does is not ours to promise'
  if (!template.test(operation.path)) return 'its path is no template'
  if (worker === 'kubernetes' && forbiddenResources.test(operation.path)) return 'it reaches credentials or containers'
  if (operation.type === 'graphql') return operationKinds(operation.document).join() === 'query' ? null : 'its document is not one query'
  if (operation.type === 'sql') return operation.path.endsWith('/database/query/read-only') ? null : 'its SQL does not go to the read-only endpoint'
  return ['GET', 'HEAD'].includes(operation.method) || readingPosts.has(operation.path) ? null : `${operation.method} is not on the list of reads`
}

describe('the manifest of all operations', async () => {
  const rows = await toolCatalogue()

  it.each(workerNames)('holds nothing but reads for each tool of the %s worker', (worker) => {
    const own = rows.filter((row) => row.worker === worker)
    expect(own.length).toBeGreaterThan(0)
    expect(own.filter(({ operations }) => operations.length === 0)).toEqual([])
    const dangers = own.flatMap(({ name, operations }) => operations.map((operation) => ({ name, operation, danger: dangerOf(worker, operation) })))
    expect(dangers.filter(({ danger }) => danger !== null)).toEqual([])
  })
})

/** Whether a path is an instance of a template, told apart from the guard's own way: segment by segment. */
function isInstance(path: string, pattern: string): boolean {
  const [given, wanted] = [path.split('/'), pattern.split('/')]
  const restAt = wanted.findIndex((segment) => segment.includes('+}'))
  if (restAt < 0 && given.length !== wanted.length) return false
  return wanted.every((segment, index) => index === restAt || (segment.includes('{') ? (given[index] ?? '') !== '' : segment === given[index]))
}

/** What is wrong with a request that left the guard; null when it is one of its tool's own reads. */
async function problemOf({ tool, method, url, headers, body }: SentRequest): Promise<string | null> {
  if (url.pathname.split(/\/|%2f/i).some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) return 'it climbs out of its path'
  if ([...headers.keys()].some((name) => name.includes('method') || name.startsWith('x-original') || name.startsWith('x-rewrite'))) return 'it carries a header that overrides it'
  // Where a service sends a read on to: a signed address, asked without any credential.
  if (url.pathname.startsWith('/_signed/')) return method === 'GET' && body === '' && !headers.has('authorization') ? null : 'a redirected read carries more than its address'
  const own = tool.operations.filter((operation) => operation.type !== 'local' && operation.type !== 'mcp' && isInstance(url.pathname, operation.path))
  if (own.some((operation) => operation.type === 'http' && operation.method === method)) return body === '' || (method === 'POST' && body === '{}') ? null : 'a read carries a body'
  const request = method === 'POST' && body.startsWith('{') ? (JSON.parse(body) as { query?: string }) : {}
  if (own.some((operation) => operation.type === 'graphql')) return operationKinds(request.query ?? '').join() === 'query' ? null : 'its document is not one query'
  if (!own.some((operation) => operation.type === 'sql')) return 'it is not an operation of its tool'
  const statements = (await parseSql(request.query ?? '')).stmts ?? []
  const kinds = statements.map(({ stmt }) => Object.keys(stmt ?? {}).join())
  return kinds.length === 1 && ['SelectStmt', 'ExplainStmt'].includes(kinds[0] ?? '') ? null : `it runs ${kinds.join(', ')}`
}

describe('all tools on the lab', () => {
  let all: AllTools
  let values: readonly string[]
  let ordinary: Tried[]

  /** What is wrong with the requests from the one with this number on. */
  const problemsSince = async (from: number): Promise<string[]> => {
    const judged = await Promise.all(all.sent.slice(from).map(async (request) => ({ request, problem: await problemOf(request) })))
    return judged.flatMap(({ request: { tool, method, url }, problem }) => (problem === null ? [] : [`${tool.name}: ${method} ${url.href}: ${problem}`]))
  }
  /** The hidden values that an outcome shows. */
  const shown = ({ outcome }: Tried): string[] => {
    const text = JSON.stringify(outcome)
    return values.filter((value) => text.includes(value))
  }

  beforeAll(async () => {
    const hidden = hideValues(await loadWorld(join(import.meta.dirname, '../fixtures/world')))
    values = hidden.values
    all = await openAllTools(hidden.world)
    ordinary = await explore(all, namesIn(hidden.world))
  })
  afterAll(() => all.close())

  it('answer ordinary questions, each tool at least once', () => {
    const answered = new Set(ordinary.filter(({ outcome }) => outcome.ok).map(({ tool }) => tool.name))
    const silent = all.tools.map(({ name }) => name).filter((name) => !answered.has(name))
    // What the small world has nothing of fails as data; that stays the exception.
    expect(silent.length < all.tools.length / 10 ? [] : silent).toEqual([])
    expect(all.defects).toEqual([])
    expect(all.lab.recorder.unknownRoutes()).toEqual([])
  })

  it('send nothing but their own reads for them, and show no hidden value', async () => {
    expect(await problemsSince(0)).toEqual([])
    expect(all.lab.recorder.writes()).toEqual([])
    expect(ordinary.filter((tried) => shown(tried).length > 0).map(({ tool, args }) => ({ tool: tool.name, args }))).toEqual([])
  })

  it.each(workerNames)('of the %s worker turn every hostile argument into a result or a typed failure, and write nothing', async (worker) => {
    const from = all.sent.length
    const leaks: unknown[] = []
    let calls = 0
    for (const tool of all.tools.filter((candidate) => candidate.worker === worker)) {
      const own = ordinary.filter((tried) => tried.tool === tool)
      const usual = (own.find(({ outcome }) => outcome.ok) ?? own[0])?.args ?? {}
      for (const args of hostileCalls(tool, usual)) {
        const tried = await all.call(tool, args as Tried['args'])
        calls += 1
        if (shown(tried).length > 0) leaks.push({ tool: tool.name, args })
      }
    }
    expect(calls).toBeGreaterThan(100)
    expect(await problemsSince(from)).toEqual([])
    expect(leaks).toEqual([])
    expect(all.defects.map(({ tool, error }) => `${tool}: ${String(error)}`)).toEqual([])
    expect(all.lab.recorder.writes()).toEqual([])
  })

  it('refuse every SQL statement that does more than read', async () => {
    const runSelect = all.tools.find(({ name }) => name === 'supabase_run_select')
    if (runSelect === undefined) throw new Error('There is no supabase_run_select.')
    const before = await all.call(runSelect, { sql: 'select * from public.quotes order by id' })
    for (const args of hostileCalls(runSelect, { sql: 'select 1' })) await all.call(runSelect, args as Tried['args'])
    const after = await all.call(runSelect, { sql: 'select * from public.quotes order by id' })
    expect(before.outcome).toMatchObject({ ok: true })
    expect(after.outcome).toEqual(before.outcome)
  })
})
