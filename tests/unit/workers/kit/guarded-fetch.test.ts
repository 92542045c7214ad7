import { Hono } from 'hono'
import { beforeEach, describe, expect, it } from 'vitest'
import { FailureError } from '../../../../src/core/errors.ts'
import type { Operation } from '../../../../src/core/worker.ts'
import { guardFetch } from '../../../../workers/kit/guarded-fetch.ts'
import type { GuardOptions } from '../../../../workers/kit/guarded-fetch.ts'

const document = 'query Names($first: Int!) { projects(first: $first) { edges { node { name } } } }'
const operations: readonly Operation[] = [
  { type: 'http', method: 'GET', path: '/api/projects/{project}/issues/' },
  { type: 'http', method: 'GET', path: '/contents/{path+}' },
  { type: 'http', method: 'GET', path: '/leads/{where}' },
  { type: 'http', method: 'POST', path: '/reviews' },
  { type: 'graphql', path: '/graphql', document },
  { type: 'sql', path: '/database/query' },
]

describe('guardFetch', () => {
  let seen: string[]
  let limited: number
  const app = new Hono()
    .get('/leads/home', (c) => c.redirect('/api/projects/web/issues/'))
    .get('/leads/away', (c) => c.redirect('https://elsewhere.example/steal'))
    .get('/leads/logs', (c) => c.redirect('https://logs7.store.example/job.txt?sig=1'))
    .get('/leads/admin', (c) => c.redirect('/admin'))
    .get('/leads/large', () => new Response(new ReadableStream({ start: (controller) => {
      for (let index = 0; index < 20; index += 1) controller.enqueue(new Uint8Array(1_000))
      controller.close()
    } })))
    .get('/leads/busy', (c) => {
      limited += 1
      return limited === 1 ? c.text('slow down', 429, { 'retry-after': '0' }) : c.text('fine')
    })
    .get('/leads/closed', (c) => {
      limited += 1
      return c.text('slow down', 429, { 'retry-after': '3600' })
    })
    .all('*', (c) => c.json({ path: c.req.path, authorization: c.req.header('authorization') ?? null }))

  const inProcess = (async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init)
    seen.push(`${request.method} ${request.url}`)
    return app.fetch(request)
  }) as typeof fetch

  const guard = (more: Partial<GuardOptions> = {}) => guardFetch(inProcess, operations, { baseUrls: ['http://service.test'], ...more })
  const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) })

  async function refused(input: string | URL | Request, init?: RequestInit): Promise<string> {
    const before = seen.length
    const error: unknown = await guard()(input, init).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(FailureError)
    expect((error as FailureError).failure.kind).toBe('refused_write')
    expect(seen.length).toBe(before)
    return (error as FailureError).message
  }

  beforeEach(() => {
    seen = []
    limited = 0
  })

  it.each([
    ['a segment', 'http://service.test/api/projects/web/issues/?query=is:unresolved'],
    ['the rest of a path', 'http://service.test/contents/src/a/b.ts'],
    ['a rest with encoded slashes', 'http://service.test/contents/src%2Fa%2Fb.ts?ref=main'],
  ])('sends a GET whose path matches %s', async (_what, url) => {
    expect((await guard()(url)).status).toBe(200)
    expect(seen).toEqual([`GET ${url}`])
  })

  it('finds paths below the path of the base URL', async () => {
    const below = guardFetch(inProcess, operations, { baseUrls: ['http://service.test/proxy/v3/'] })
    expect((await below('http://service.test/proxy/v3/leads/x')).status).toBe(200)
    await expect(below('http://service.test/leads/x')).rejects.toThrow('not the address')
  })

  it.each(['PUT', 'PATCH', 'DELETE', 'POST'])('refuses %s where only GET is an operation', async (method) => {
    expect(await refused('http://service.test/api/projects/web/issues/', { method })).toContain(method)
  })

  it.each([
    ['another origin', 'http://other.test/api/projects/web/issues/'],
    ['another port', 'http://service.test:8080/api/projects/web/issues/'],
    ['another scheme', 'https://service.test/api/projects/web/issues/'],
    ['credentials in the URL', 'http://me:you@service.test/api/projects/web/issues/'],
    ['an unknown path', 'http://service.test/api/projects/web/members/'],
    ['a longer path', 'http://service.test/api/projects/web/issues/1/'],
    ['dot segments', 'http://service.test/api/projects/../projects/web/issues/'],
    ['encoded dot segments', 'http://service.test/api/projects/%2e%2e/projects/web/issues/'],
    ['a slash smuggled into a segment', 'http://service.test/api/projects/web%2Fsecrets/issues/'],
    ['a backslash smuggled into a segment', 'http://service.test/api/projects/web%5Csecrets/issues/'],
    ['dot segments smuggled into the rest', 'http://service.test/contents/src%2F..%2F..%2Fsecrets'],
    ['a method in a parameter', 'http://service.test/leads/x?_method=DELETE'],
  ])('refuses %s before the socket', async (_what, url) => {
    expect(await refused(url)).toContain('Refused')
  })

  it.each(['X-HTTP-Method-Override', 'x-http-method', 'X-Method-Override', 'X-Original-URL', 'Upgrade'])('refuses the header %s', async (name) => {
    expect(await refused('http://service.test/leads/x', { headers: { [name]: 'DELETE' } })).toContain(name.toLowerCase())
  })

  it('judges a Request object like a URL', async () => {
    await refused(new Request('http://service.test/leads/x', { method: 'DELETE' }))
    expect((await guard()(new Request('http://service.test/reviews', { method: 'POST', body: '{}' }))).status).toBe(200)
  })

  it('sends its own GraphQL document however it is spaced', async () => {
    expect((await guard()('http://service.test/graphql', post({ query: document.replaceAll(' ', '\n '), variables: { first: 3 } }))).status).toBe(200)
  })

  it.each([
    ['a mutation', { query: 'mutation { serviceDelete(id: 1) }' }],
    ['another query', { query: '{ me { id } }' }],
    ['a mutation behind the document', { query: `${document} mutation Gone { serviceDelete(id: 1) }` }],
    ['a batch', [{ query: document }]],
    ['a persisted query', { query: document, extensions: { persistedQuery: { version: 1 } } }],
    ['no query', { variables: {} }],
    ['broken GraphQL', { query: 'query {' }],
  ])('refuses GraphQL with %s', async (_what, body) => {
    expect(await refused('http://service.test/graphql', post(body))).toContain('GraphQL')
  })

  it('refuses a tool that fixed a mutation as its document', async () => {
    const mutation = 'mutation Gone { serviceDelete(id: 1) }'
    const wrong = guardFetch(inProcess, [{ type: 'graphql', path: '/graphql', document: mutation }], { baseUrls: ['http://service.test'] })
    await expect(wrong('http://service.test/graphql', post({ query: mutation }))).rejects.toThrow('mutation')
  })

  it('sends one SELECT and refuses what asks for more than reading', async () => {
    expect((await guard()('http://service.test/database/query', post({ query: 'select 1', parameters: [], read_only: true }))).status).toBe(200)
    await refused('http://service.test/database/query', post({ query: 'delete from orders' }))
    await refused('http://service.test/database/query', post({ query: 'select 1', read_only: false }))
    await refused('http://service.test/database/query', post({ query: 'select 1', role: 'postgres' }))
  })

  it('follows a redirect to one of its own operations', async () => {
    const response = await guard()('http://service.test/leads/home', { headers: { authorization: 'Bearer t' } })
    expect(await response.json()).toEqual({ path: '/api/projects/web/issues/', authorization: 'Bearer t' })
  })

  it('follows a redirect to an allowed host without its credentials', async () => {
    const response = await guard({ redirectHosts: ['logs*.store.example'] })('http://service.test/leads/logs', { headers: { authorization: 'Bearer t' } })
    expect(await response.json()).toEqual({ path: '/job.txt', authorization: null })
  })

  it('follows a redirect to any path of its own host without its credentials when told to', async () => {
    const response = await guard({ redirectHosts: ['self'] })('http://service.test/leads/admin', { headers: { authorization: 'Bearer t' } })
    expect(await response.json()).toEqual({ path: '/admin', authorization: null })
  })

  it.each(['away', 'logs', 'admin'])('refuses the redirect of %s', async (where) => {
    await expect(guard()(`http://service.test/leads/${where}`)).rejects.toThrow('Refused')
    expect(seen).toHaveLength(1)
  })

  it('cuts an answer that is too large, and says so', async () => {
    const response = await guard({ maxBytes: 4_096 })('http://service.test/leads/large')
    await expect(response.text()).rejects.toThrow('larger than')
  })

  it('asks again once when Retry-After leaves time for it', async () => {
    const response = await guard({ deadline: Date.now() + 20_000 })('http://service.test/leads/busy')
    expect(await response.text()).toBe('fine')
    expect(seen).toHaveLength(2)
  })

  it('gives the 429 back when Retry-After is longer than the call may last', async () => {
    expect((await guard({ deadline: Date.now() + 20_000 })('http://service.test/leads/closed')).status).toBe(429)
    expect(seen).toHaveLength(1)
  })
})
