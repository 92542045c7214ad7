import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/core/errors.ts'
import { createLab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'

const fixture = join(import.meta.dirname, '../fixtures/world')
const scratch: string[] = []

async function scratchWorld(files: Record<string, string>, from?: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'foreman-world-'))
  scratch.push(directory)
  if (from !== undefined) await cp(from, directory, { recursive: true })
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text)))
  return directory
}

async function problemsOf(directory: string): Promise<readonly string[]> {
  const outcome = await loadWorld(directory).then(() => undefined, (error: unknown) => error)
  if (!(outcome instanceof ConfigurationError)) throw new Error(`expected a ConfigurationError, got ${String(outcome)}`)
  return outcome.problems
}

const header = JSON.stringify({ version: 1, now: '2026-03-12T10:30:00Z', organization: { name: 'Larkspur', slug: 'larkspur' }, people: [], services: [] })

afterAll(async () => {
  await Promise.all(scratch.map((directory) => rm(directory, { recursive: true })))
})

describe('loading a world', () => {
  it('reads every file of the folder', async () => {
    const world = await loadWorld(fixture)
    expect(world.sentry.issues.map((issue) => issue.shortId)).toContain('QUOTE-API-1A')
    expect(world.supabase.schemaSql).toContain('create table public.quotes')
    expect(Object.keys(world.docs)).toEqual(['runbooks/quotes.md', 'services.md'])
    expect(world.logs).toHaveLength(12)
  })

  it('leaves a service empty when its file is missing', async () => {
    const world = await loadWorld(await scratchWorld({ 'world.json': header }))
    expect(world.sentry.organization.slug).toBe('larkspur')
    expect([world.sentry.issues, world.github.repositories, world.kubernetes.objects, world.logs]).toEqual([[], [], [], []])
    expect(world.railway.projects[0]?.services).toEqual([])
  })

  it('names every problem of every file at once, with file and path', async () => {
    const directory = await scratchWorld({
      'sentry.json': '{"organization": {"id": "1", "slug": "x", "name": "x", "createdAt": "yesterday"}, "projects": []}',
      'github.json': '{ not json',
      'logs.jsonl': '\n{"source":"railway.deploy","time":"2026-03-12T10:00:00Z","level":"loud","message":"x"}\n',
    }, fixture)
    const problems = await problemsOf(directory)
    expect(problems).toEqual([
      expect.stringMatching(/^sentry\.json: organization\.createdAt: /),
      expect.stringMatching(/^github\.json: .*JSON/),
      expect.stringMatching(/^logs\.jsonl: line 2 level: /),
    ])
  })

  it('names references that lead nowhere', async () => {
    const directory = await scratchWorld({}, fixture)
    const world = await loadWorld(directory)
    const [issue] = world.sentry.issues
    await writeFile(join(directory, 'sentry.json'), JSON.stringify({ ...world.sentry, issues: [{ ...issue, project: 'quote-app' }], replays: [] }))
    expect(await problemsOf(directory)).toEqual(['sentry.json: issues.0.project: there is no project "quote-app"'])
  })

  it('says what is missing in a folder that is no world', async () => {
    expect(await problemsOf(await scratchWorld({}))).toEqual([expect.stringContaining('world.json: not found')])
  })
})

describe('a lab', () => {
  it('routes by host name in process and refuses a host it does not serve', async () => {
    const lab = createLab(await loadWorld(fixture))
    const { url, token } = lab.services.docs
    const page = await lab.fetch(`${url}/services.md`, { headers: { authorization: `Bearer ${token}` } })
    expect(await page.text()).toContain('# Services')
    await expect(lab.fetch('https://example.com/')).rejects.toThrow('fetch failed')
    await lab.close()
  })

  it('answers 401 in the service\'s own shape without a credential and with a wrong one', async () => {
    const lab = createLab(await loadWorld(fixture))
    const without = await lab.fetch('http://sentry.lab/api/0/organizations/')
    const wrong = await lab.fetch('http://github.lab/user', { headers: { authorization: 'Bearer nope' } })
    expect([without.status, await without.json()]).toEqual([401, { detail: 'Authentication credentials were not provided.' }])
    expect([wrong.status, await wrong.json()]).toEqual([401, expect.objectContaining({ message: 'Bad credentials' })])
    await lab.close()
  })

  it('plays the outages of the world in the service\'s own shape', async () => {
    const world = await loadWorld(fixture)
    const lab = createLab({ ...world, header: { ...world.header, outages: [{ worker: 'kubernetes', status: 503, message: 'etcd is away' }] } })
    const { url, token } = lab.services.kubernetes
    const response = await lab.fetch(`${url}/api/v1/pods`, { headers: { authorization: `Bearer ${token}` } })
    expect(response.headers.get('retry-after')).toBe('30')
    expect(await response.json()).toMatchObject({ kind: 'Status', code: 503, reason: 'ServiceUnavailable', message: 'etcd is away' })
    await lab.close()
  })

  it('counts requests, attempts to write and routes it does not know', async () => {
    const lab = createLab(await loadWorld(fixture))
    const { url, token } = lab.services.docs
    const headers = { authorization: `Bearer ${token}` }
    await lab.fetch(`${url}/llms.txt`, { headers })
    await lab.fetch(`${url}/llms.txt`, { headers, method: 'DELETE' })
    expect(lab.recorder.requests).toHaveLength(2)
    expect(lab.recorder.writes().map((request) => request.method)).toEqual(['DELETE'])
    expect(lab.recorder.unknownRoutes().map((request) => request.path)).toEqual(['/llms.txt'])
    await lab.close()
  })

  it('serves the same services on ports, with a kubeconfig for real clients', async () => {
    const lab = createLab(await loadWorld(fixture))
    const served = await lab.listen()
    const { url, token } = served.services.docs
    const page = await fetch(`${url}/services.md`, { headers: { authorization: `Bearer ${token}` } })
    expect(await page.text()).toContain('# Services')
    expect(served.kubeconfig).toContain(served.services.kubernetes.url)
    await lab.close()
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  it('names a port that is taken', async () => {
    const lab = createLab(await loadWorld(fixture))
    const served = await lab.listen()
    const port = Number(new URL(served.services.sentry.url).port)
    await expect(lab.listen({ port })).rejects.toThrow(`cannot listen on 127.0.0.1:${port}`)
    await lab.close()
  })

  it('rejects a request that is aborted', async () => {
    const lab = createLab(await loadWorld(fixture))
    await expect(lab.fetch('http://docs.lab/llms.txt', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    await lab.close()
  })
})
