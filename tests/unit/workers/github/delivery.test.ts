import { describe, expect, it } from 'vitest'
import { digestOf, logEntries } from '../../../../workers/github/job-log.ts'
import { githubWorker } from '../../../../workers/github/worker.ts'
import { bindFakeService } from '../fake-service.ts'
import type { FakeAnswers } from '../fake-service.ts'

const bind = (answers: FakeAnswers) => bindFakeService(githubWorker, { baseUrl: 'http://github.test', token: 't', repositories: ['shop/web'] }, answers)
const digest = (...lines: string[]) => digestOf(logEntries(lines.map((line) => `2026-03-12T10:00:00Z ${line}`)))
const run = (id: number, conclusion: string, hour: number, sha: string) => ({
  id, name: 'build', path: '.github/workflows/build.yml', event: 'push', status: 'completed', conclusion, head_branch: 'main', head_sha: sha.repeat(40), html_url: null,
  created_at: `2026-03-12T0${hour}:00:00Z`, updated_at: `2026-03-12T0${hour}:05:00Z`, actor: { login: 'ana' },
})
const job = (id: number, name: string, conclusion: string) => ({ id, name, status: 'completed', conclusion, steps: [{ name: 'npm ci', conclusion }] })
const log = (text: string) => new Response(text, { headers: { 'content-type': 'text/plain' } })

describe('a job’s log', () => {
  it.each([
    ['npm error code EINTEGRITY', ['npm error code EINTEGRITY', 'npm error A complete log of this run can be found in: /root/x.log', '##[error]Process completed with exit code 1.'], 'code EINTEGRITY'],
    ['what a compiler says', ['src/pay.ts(3,7): error TS2322: Type X is not assignable to type Y.', 'npm error Lifecycle script `build` failed with error:', '##[error]Process completed with exit code 2.'], 'src/pay.ts(3,7): error TS2322: Type X is not assignable to type Y.'],
    ['a missing tool', ['npm warn deprecated left: not found any more', 'npm error gyp ERR! stack Error: Could not find any Python installation to use', 'ERROR: failed to build: process "npm ci" did not complete successfully: exit code: 1'], 'gyp ERR! stack Error: Could not find any Python installation to use'],
  ])('comes down to %s', (_, lines, error) => {
    expect(digest(...lines).error).toBe(error)
  })

  it('comes down to nothing where all went well', () => {
    expect(digest('Tests passed: 120', 'added 12 packages')).toEqual({ error: null, pushed: [] })
  })

  it.each([
    ['buildx', ['#11 pushing manifest for ghcr.io/shop/web:sha-1a2b3c4@sha256:0123 done']], ['docker push', ['The push refers to repository [ghcr.io/shop/web]', 'sha-1a2b3c4: digest: sha256:0123 size: 1994']],
    ['kaniko', ['INFO Pushed ghcr.io/shop/web:sha-1a2b3c4']],
  ])('tells the image that %s pushed', (_, lines) => {
    expect(digest(...lines).pushed).toEqual([{ image: 'ghcr.io/shop/web:sha-1a2b3c4', at: '2026-03-12T10:00:00Z' }])
  })
})

describe('workflow runs', () => {
  it('say with which commit a workflow began to fail, at what its log stops, and what the last success pushed', async () => {
    const { result } = bind({
      '/actions/runs': { total_count: 3, workflow_runs: [run(3, 'failure', 9, 'c'), run(2, 'failure', 8, 'b'), run(1, 'success', 7, 'a')] },
      '/runs/3/jobs': { total_count: 1, jobs: [job(30, 'image', 'failure')] }, '/runs/2/jobs': { total_count: 1, jobs: [job(20, 'image', 'failure')] }, '/runs/1/jobs': { total_count: 1, jobs: [job(10, 'image', 'success')] },
      '/jobs/30/logs': log('ERR_PNPM_OUTDATED_LOCKFILE Cannot install with frozen-lockfile'), '/jobs/20/logs': 404, '/jobs/10/logs': log('pushing manifest for ghcr.io/shop/web:sha-aaaaaaa@sha256:01 done'),
    })
    const { signals } = await result('github_list_workflow_runs')
    expect(signals.map(({ kind, text }) => [kind, text])).toEqual([
      ['state', 'bbbbbbbbbbbb by ana was the first of 2 in a row to fail build of shop/web (2026-03-12 08:00:00Z); the last that passed was aaaaaaaaaaaa at 2026-03-12 07:00:00Z'],
      ['error', 'build run 3 of web (cccccccccccc by ana) ended with failure at "npm ci": ERR_PNPM_OUTDATED_LOCKFILE Cannot install with frozen-lockfile'],
      ['error', 'build run 2 of web (bbbbbbbbbbbb by ana) ended with failure at "npm ci"'],
      ['change', 'build run 1 of web of aaaaaaaaaaaa pushed ghcr.io/shop/web:sha-aaaaaaa'],
      ['state', expect.stringContaining('1 of 3 workflow runs succeeded')],
    ])
    expect(signals[0]?.entities[0]).toEqual({ kind: 'commit', value: 'b'.repeat(40), at: '2026-03-12T08:00:00Z' })
    expect(signals[3]?.entities[0]).toEqual({ kind: 'image', value: 'ghcr.io/shop/web:sha-aaaaaaa' })
  })

  it('say of one run’s jobs why one failed and what another pushed', async () => {
    const { signals } = await bind({
      '/runs/3/jobs': { total_count: 2, jobs: [job(30, 'test', 'failure'), job(31, 'image', 'success')] }, '/jobs/30/logs': log('AssertionError: expected 1 to be 2'), '/jobs/31/logs': log('pushed ghcr.io/shop/web:1.4.2'),
    }).result('github_list_run_jobs', { run: '3' })
    expect(signals.map(({ text }) => text)).toEqual(['Job "test" of run 3 ended with failure at step "npm ci": AssertionError: expected 1 to be 2', 'Job "image" of run 3 pushed ghcr.io/shop/web:1.4.2'])
  })
})

describe('deployments', () => {
  const deployment = (id: number, hour: number, sha: string) => ({ id, sha: sha.repeat(40), ref: 'main', environment: 'production', description: null, creator: { login: 'ana' }, created_at: `2026-03-12T0${hour}:00:00Z` })
  const status = (state: string, hour: number) => [{ state, description: null, creator: null, created_at: `2026-03-12T0${hour}:02:00Z`, log_url: null, environment_url: null }]
  const answers = { '/deployments': [deployment(2, 9, 'b'), deployment(1, 7, 'a')], '/2/statuses': status('failure', 9), '/1/statuses': status('success', 7), '/environments': { total_count: 1, environments: [{ name: 'production', html_url: null, protection_rules: [] }] } }
  const still = 'production of shop/web still runs aaaaaaaaaaaa (since 2026-03-12 07:02:00Z): 1 newer deployments failed, the last of bbbbbbbbbbbb at 2026-03-12 09:00:00Z'

  it.each(['github_list_deployments', 'github_list_environments'])('say by %s what still runs where the newest failed', async (tool) => {
    expect((await bind(answers).result(tool)).signals[0]).toMatchObject({ kind: 'state', severity: 2, text: still })
  })
})
