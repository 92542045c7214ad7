import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workerNames } from '../../src/core/worker.ts'
import { foreman, startProcess } from '../fixtures/foreman-process.ts'

const known = /0001-tool-call-id, 0002-forgotten-cron, 0003-misspelt-host, 0004-expired-token, 0005-schema-migration, 0006-innocent-deploy/

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'foreman-test-cli-'))
})
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

describe('foreman demo', () => {
  it('prints the thread and the graded result of one task as one JSON document, and leaves nothing behind', async () => {
    const temporary = mkdtempSync(join(home, 'tmp-'))
    const { code, stdout } = await foreman(['demo', '--once', '--task', '0002-forgotten-cron', '--json'], { environment: { TMPDIR: temporary } })
    expect(code).toBe(0)
    const result = JSON.parse(stdout) as { reward: number; thread: unknown[]; coverage: { worker: string }[] }
    expect(result).toMatchObject({ report: { rootCause: expect.any(String) }, investigationId: expect.any(String) })
    expect([0, 1]).toContain(result.reward)
    expect(result.thread).toHaveLength(3)
    expect(result.coverage.map(({ worker }) => worker).toSorted()).toEqual([...workerNames].toSorted())
    expect(readdirSync(temporary)).toEqual([])
  })

  it('names the known tasks when there is none of that id', async () => {
    expect(await foreman(['demo', '--once', '--task', '0404-nothing', '--json'])).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(known) })
  })

  it('serves the workspace until it is interrupted, and goes quietly', async () => {
    const demo = startProcess('bin/foreman.js', ['demo', '--port', '0', '--task', '0001-tool-call-id'])
    const [url = ''] = /http:\S+/.exec(await demo.says(/The workspace is at http/)) ?? []
    expect((await fetch(url)).status).toBe(200)
    demo.kill('SIGINT')
    expect(await demo.ended).toBe(0)
    expect(demo.stderr()).toBe('')
  })
})

describe('foreman, for scripts', () => {
  it('lists the tools', async () => {
    const { stdout } = await foreman(['tools', '--json'])
    const tools = JSON.parse(stdout) as { name: string; worker: string; operations: unknown[]; readOnly: boolean; schemaTokens: number }[]
    expect(new Set(tools.map(({ worker }) => worker))).toEqual(new Set(workerNames))
    expect(tools.filter(({ name, worker, operations, readOnly, schemaTokens }) => !name.startsWith(`${worker}_`) || operations.length === 0 || !readOnly || !(schemaTokens > 0))).toEqual([])
  })

  it('lists the tasks', async () => {
    const { stdout } = await foreman(['tasks', 'list', '--json'])
    const tasks = JSON.parse(stdout) as Record<string, string>[]
    expect(tasks.length).toBeGreaterThanOrEqual(6)
    for (const task of tasks) expect(Object.keys(task)).toEqual(expect.arrayContaining(['id', 'level', 'family', 'split', 'difficulty', 'path']))
  })

  it('serves a task\'s world on ports that real clients can use, until it is told to end', async () => {
    const lab = startProcess('bin/foreman.js', ['lab', '--task', '0001-tool-call-id', '--json'])
    const served = JSON.parse(await lab.says(/^\}$/m)) as { now: string; services: Record<string, { url: string; token: string }>; kubeconfig: string }
    expect(Object.keys(served.services).toSorted()).toEqual([...workerNames].toSorted())
    expect(served).toMatchObject({ now: expect.stringMatching(/^\d{4}-/), kubeconfig: expect.stringContaining('"clusters"') })
    const { url = '', token = '' } = served.services['sentry'] ?? {}
    expect((await fetch(`${url}/api/0/organizations/`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
    lab.kill('SIGTERM')
    expect(await lab.ended).toBe(0)
  })

  it('answers a question about a task with one record on stdout and its progress on stderr', async () => {
    const { code, stdout, stderr } = await foreman(['ask', 'why do geocoding calls fail?', '--task', '0004-expired-token', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, kind: 'investigation', alert: { source: 'cli' }, report: { title: expect.any(String) } })
    expect(stderr).toContain('orchestrator → investigate_')
  })
})

describe('foreman, used wrongly', () => {
  it.each([
    { what: 'an unknown command', parameters: ['investigate'], says: /unknown command 'investigate'[\s\S]*demo, start, ask/ },
    { what: 'an unknown option', parameters: ['demo', '--prot', '1'], says: /Did you mean --port/ },
    { what: 'a port that is none', parameters: ['demo', '--port', 'many'], says: /whole number from 0 to 65535/ },
    { what: 'an unknown worker', parameters: ['tools', '--worker', 'jira'], says: /The workers are: sentry, supabase, railway, kubernetes, github, docs/ },
    { what: 'an unknown task to serve', parameters: ['lab', '--task', 'nothing'], says: known },
    { what: 'an unknown task to ask about', parameters: ['ask', 'why?', '--task', 'nothing'], says: known },
    { what: 'an empty question', parameters: ['ask', ' ', '--task', '0001-tool-call-id'], says: /The question is empty/ },
    { what: 'a question to no worker', parameters: ['ask', 'why?'], says: /No worker is configured/ },
    { what: 'a start without Slack', parameters: ['start'], says: /SLACK_BOT_TOKEN: not set/ },
  ])('exits with 2 and says what to do: $what', async ({ parameters, says }) => {
    const environment = { FOREMAN_HOME: join(home, 'never-made') }
    expect(await foreman(parameters, { environment })).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(says) })
    expect(readdirSync(home)).not.toContain('never-made')
  })

  it('names every problem of a configuration at once', async () => {
    const environment = { PORT: 'many', SLACK_API_URL: 'nowhere', LOG_LEVEL: 'loud' }
    const { code, stderr } = await foreman(['start'], { environment })
    expect(code).toBe(2)
    for (const name of Object.keys(environment)) expect(stderr).toContain(`- ${name}:`)
  })
})
