import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createJsonClient, nextCursor } from '../../../../workers/kit/http-json.ts'
import { path } from '../../../../workers/kit/path-template.ts'

const link = (results: string) => new Headers({
  link: `<https://s.example/api/?cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", <https://s.example/api/?cursor=0:100:0>; rel="next"; results="${results}"; cursor="0:100:0"`,
})

describe('nextCursor', () => {
  it('is the next link’s cursor when that link leads to results', () => {
    expect(nextCursor(link('true'))).toBe('0:100:0')
    expect(nextCursor(link('false'))).toBeUndefined()
    expect(nextCursor(new Headers())).toBeUndefined()
  })
})

describe('createJsonClient', () => {
  const app = new Hono().all('*', async (c) => c.json({ url: c.req.url, method: c.req.method, type: c.req.header('content-type') ?? null, body: await c.req.text() }))
  const echo = z.object({ url: z.string(), method: z.string(), type: z.string().nullable(), body: z.string() })
  const client = createJsonClient({ service: 'Shop', baseUrl: 'http://shop.test/api/', headers: {}, fetch: async (input, init) => app.fetch(new Request(input, init)) })

  it('leaves undefined parameters out and repeats the key of a list', async () => {
    const { data } = await client.get('/things/', echo, { a: 1, b: undefined, field: ['x', 'y z'], flag: true })
    expect(data.url).toBe('http://shop.test/api/things/?a=1&field=x&field=y+z&flag=true')
  })

  it('posts JSON', async () => {
    expect((await client.post('/reviews', echo, { kind: 'self' })).data).toMatchObject({ method: 'POST', type: 'application/json', body: '{"kind":"self"}' })
  })
})

describe('path', () => {
  it('encodes every value as one segment', () => {
    expect(path`/a/${'b/c d'}/${7}/`).toBe('/a/b%2Fc%20d/7/')
  })

  it.each(['', '.', '..'])('refuses "%s", which would change the path', (value) => {
    expect(() => path`/a/${value}/b`).toThrow('cannot be part of a path')
  })
})
