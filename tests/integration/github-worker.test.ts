import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { githubWorker } from '../../workers/github/worker.ts'
import { named, openLabWorker } from './worker-calls.ts'
import type { LabWorker } from './worker-calls.ts'

const FIX = '54563f95fefa691baa82a522156322c21f7d6df3'
const MERGE = '59395c05c18b9c8904853715d4136921de0b48f1'

describe('the GitHub worker on the lab', () => {
  let github: LabWorker

  beforeAll(async () => {
    github = await openLabWorker(githubWorker, ({ services }) => ({ baseUrl: services.github.url, token: services.github.token, repositories: ['larkspur/quote-api'] }))
  })
  afterAll(async () => github.close())

  it('lists the commits of a window as changes, with their files', async () => {
    const { structured, signals, entities, links } = await github.call('github_list_commits')
    expect(structured).toMatchObject({ commits: [{ sha: MERGE, author: 'praman' }, { sha: FIX, files: [{ path: 'src/currency.js', deletions: 3, patch: null }] }] })
    expect(signals[1]).toMatchObject({ kind: 'change', at: '2026-03-11T16:05:00Z', text: expect.stringContaining('changing src/currency.js') })
    expect(named(entities)).toEqual(expect.arrayContaining([`commit:${FIX}`, 'user:praman', 'pull_request:#4']))
    expect(links[0]?.url).toContain(MERGE)
  })

  it('lists the commits to a path as a stack frame writes it', async () => {
    const { structured } = await github.call('github_list_commits', { path: '/src/currency.js:2:22', start: '2026-01-01T00:00:00Z' })
    expect(structured).toMatchObject({ commits: [{ sha: FIX }, { message: 'Start the quote API' }] })
  })

  it('goes on where a page ended', async () => {
    const first = await github.call('github_list_commits', { start: '2026-01-01T00:00:00Z', limit: 2 })
    expect(first).toMatchObject({ truncated: true, cursor: '2' })
    const second = await github.call('github_list_commits', { start: '2026-01-01T00:00:00Z', limit: 2, cursor: '2' })
    expect(named(second.entities)).not.toContain(`commit:${MERGE}`)
  })

  it.each([{ commit: '54563f9' }, { commit: FIX, repository: 'quote-api' }])('shows a commit’s diff (%j)', async (args) => {
    const { text, signals } = await github.call('github_get_commit', args)
    expect(text).toContain('-  if (quote.price === undefined) return fallbackCurrency')
    expect(signals[1]).toMatchObject({ kind: 'change', text: expect.stringContaining('src/currency.js: - export const fallbackCurrency') })
  })

  it('says that no readable repository has a commit', async () => {
    expect((await github.fail('github_get_commit', { commit: 'deadbeef' })).kind).toBe('not_found')
  })

  it('compares two tags', async () => {
    const { structured, text } = await github.call('github_compare_refs', { base: 'v1.4.0', head: 'v1.5.0' })
    expect(structured).toMatchObject({ aheadBy: 2, behindBy: 0, files: [{ path: 'src/currency.js' }] })
    expect(text).toContain('v1.5.0 is 2 commits ahead')
    expect((await github.call('github_compare_refs', { base: 'v1.5.0', head: 'v1.5.0' })).signals).toEqual([expect.objectContaining({ kind: 'healthy' })])
  })

  it('reads a file at a ref, a part of it, or a folder', async () => {
    expect((await github.call('github_get_file', { path: 'src/currency.js', ref: 'v1.4.0', fromLine: 4, toLine: 4 })).structured).toMatchObject({ totalLines: 7, lines: [{ line: 4, text: '  if (quote.price === undefined) return fallbackCurrency' }] })
    expect((await github.call('github_get_file', { path: 'src' })).structured).toMatchObject({ entries: ['src/currency.js', 'src/server.js'] })
  })

  it('blames a line', async () => {
    const { structured, signals } = await github.call('github_blame_lines', { path: 'src/server.js', fromLine: 6, toLine: 6 })
    expect(structured).toMatchObject({ ranges: [{ author: 'iokafor', message: 'Start the quote API' }] })
    expect(signals).toEqual([expect.objectContaining({ kind: 'change', at: '2026-02-02T09:00:00Z' })])
  })

  it.each([
    ['github_get_file', { path: 'src/nope.js' }, 'not_found'],
    ['github_blame_lines', { path: 'src/nope.js' }, 'not_found'],
    ['github_get_file', { path: 'src/currency.js', fromLine: 90 }, 'invalid_input'],
    ['github_get_file', { path: 'a/../../../../user' }, 'refused_write'],
    ['github_list_commits', { repository: 'larkspur/payroll' }, 'invalid_input'],
    ['github_job_log_tail', { job: '1' }, 'not_found'],
    ['github_job_log_tail', { job: '7102/../..' }, 'invalid_input'],
  ])('%s %j fails as data', async (tool, args, kind) => {
    expect((await github.fail(tool, args)).kind).toBe(kind)
  })

  it('finds the files that use a name, or none', async () => {
    expect(named((await github.call('github_search_code', { query: 'currencyOf' })).entities)).toEqual(['file:src/currency.js', 'repository:larkspur/quote-api', 'file:src/server.js'])
    expect((await github.call('github_search_code', { query: 'print_hello' })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it('tells merged pulls from open ones', async () => {
    expect((await github.call('github_list_pulls')).structured).toMatchObject({ pulls: [{ number: 5, state: 'open' }, { number: 4, state: 'merged', mergedAt: '2026-03-12T09:40:00Z', mergeCommit: MERGE }] })
  })

  it('lists deployments with their last status', async () => {
    expect((await github.call('github_list_deployments', { environment: 'production' })).signals).toEqual([
      expect.objectContaining({ kind: 'change', at: '2026-03-12T09:43:00Z', text: expect.stringContaining('to production') }),
    ])
  })

  it('names the job and step of a failed run, and ends its log', async () => {
    const { structured, signals } = await github.call('github_list_workflow_runs', { only: 'failed' })
    expect(structured).toMatchObject({ runs: [{ id: 7003, failedJobs: [{ id: 7103, failedSteps: ['npm test'] }] }] })
    expect(named(signals[0]?.entities ?? [])).toContain('job:7103')
    const log = await github.call('github_job_log_tail', { job: '7103' })
    expect(log.text).toContain('carrier is undefined')
    expect(log.signals.at(-1)?.text).toContain('ends with: 1 failed')
  })

  it('speaks to an enterprise server below its own paths', async () => {
    const enterprise = await openLabWorker(githubWorker, ({ services }) => ({ baseUrl: `${services.github.url}/api/v3`, token: services.github.token, repositories: ['larkspur/quote-api'] }))
    expect(named((await enterprise.call('github_blame_lines', { path: 'src/server.js' })).entities)).toContain('file:src/server.js')
    expect((await enterprise.call('github_get_commit', { commit: FIX })).truncated).toBe(false)
    await enterprise.close()
  })

  it('says that the token is not accepted', async () => {
    const locked = await openLabWorker(githubWorker, ({ services }) => ({ baseUrl: services.github.url, token: 'wrong', repositories: ['larkspur/quote-api'] }))
    expect((await locked.fail('github_list_pulls')).kind).toBe('unauthorized')
    expect((await locked.fail('github_blame_lines', { path: 'README.md' })).kind).toBe('unauthorized')
    await locked.close()
  })

  it('asked only for what it may, and only for routes that exist', () => {
    expect(github.lab.recorder.writes()).toEqual([])
    expect(github.lab.recorder.unknownRoutes()).toEqual([])
  })
})
