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
    ['github_list_tree', { folder: 'nope' }, 'not_found'],
    ['github_get_pull', { number: '404' }, 'not_found'],
    ['github_get_pull', { number: '4/merge' }, 'invalid_input'],
    ['github_list_run_jobs', { run: '1' }, 'not_found'],
    ['github_list_deployment_statuses', { deployment: '../keys' }, 'invalid_input'],
    ['github_list_commit_pulls', { commit: 'deadbeef' }, 'not_found'],
    ['github_list_ref_checks', { ref: '..' }, 'refused_write'],
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
    expect(structured).toMatchObject({ runs: [{ id: 7003, jobs: [{ id: 7103, failedSteps: ['npm test'] }] }] })
    expect(named(signals[0]?.entities ?? [])).toContain('job:7103')
    const log = await github.call('github_job_log_tail', { job: '7103' })
    expect(log.text).toContain('carrier is undefined')
    expect(log.signals.at(-1)?.text).toContain('ends with: 1 failed')
  })

  it('lists the files below a folder, and those that contain a word', async () => {
    expect((await github.call('github_list_tree', { folder: 'src/' })).structured).toMatchObject({ total: 2, files: [{ path: 'src/currency.js' }, { path: 'src/server.js' }] })
    expect((await github.call('github_list_tree', { contains: 'legacy', ref: '7fd0c60790602276b351d77e6ec25faa006ae9bf' })).structured).toMatchObject({ files: [{ path: 'legacy/old.txt' }] })
    const first = await github.call('github_list_tree', { limit: 3 })
    expect(first).toMatchObject({ truncated: true, cursor: '2' })
    expect((await github.call('github_list_tree', { limit: 3, cursor: '2' })).structured).toMatchObject({ total: 4, files: [{ path: 'src/server.js' }] })
  })

  it('finds issues and pull requests by their words, in the readable repositories only', async () => {
    expect((await github.call('github_search_issues', { query: 'fallback currency' })).structured).toMatchObject({ total: 1, hits: [{ number: 2, kind: 'issue', state: 'closed', labels: ['bug'] }] })
    expect((await github.call('github_search_issues', { query: 'fallback repo:larkspur/payroll', kind: 'pull' })).structured).toMatchObject({ hits: [{ number: 4, kind: 'pull', state: 'merged' }] })
    expect((await github.call('github_search_issues', { query: 'carrier', state: 'closed' })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it.each(['4', '#4', 'https://github.com/larkspur/quote-api/pull/4'])('shows the pull request %s with its reviews and what was said', async (number) => {
    const { structured, text, signals } = await github.call('github_get_pull', { number })
    expect(structured).toMatchObject({ pull: { number: 4, state: 'merged' }, mergedBy: 'praman', changedFiles: 1, reviews: [{ by: 'iokafor', state: 'approved' }], comments: [{ by: 'tlind', body: 'Are drafts priced too?' }] })
    expect(text).toContain('iokafor approved at 2026-03-12 09:30:00Z: Fine by me')
    expect(signals.map(({ kind }) => kind)).toEqual(['change', 'knowledge', 'knowledge'])
  })

  it('shows what a pull request changes', async () => {
    const { structured, signals } = await github.call('github_list_pull_files', { number: '4' })
    expect(structured).toMatchObject({ files: [{ path: 'src/currency.js', deletions: 3 }] })
    expect(signals[0]).toMatchObject({ kind: 'change', text: expect.stringContaining('- export const fallbackCurrency') })
    expect(named(signals[0]?.entities ?? [])).toContain('pull_request:#4')
  })

  it('tells which pull request brought a commit in, or that none did', async () => {
    expect((await github.call('github_list_commit_pulls', { commit: FIX.slice(0, 10) })).structured).toMatchObject({ sha: FIX, pulls: [{ number: 4 }] })
    expect((await github.call('github_list_commit_pulls', { commit: '7fd0c60790602276b351d77e6ec25faa006ae9bf' })).signals).toEqual([expect.objectContaining({ kind: 'absence', text: expect.stringContaining('pushed it directly') })])
  })

  it('follows a deployment until it is live', async () => {
    const { structured, signals, links } = await github.call('github_list_deployment_statuses', { deployment: '8001' })
    expect(structured).toMatchObject({ deployment: { state: 'success' }, statuses: [{ state: 'in_progress' }, { state: 'success', at: '2026-03-12T09:43:00Z' }] })
    expect(signals).toEqual([expect.objectContaining({ kind: 'change', at: '2026-03-12T09:43:00Z', text: expect.stringContaining('is live in production') })])
    expect(links).toEqual([{ title: 'Log (success)', url: 'https://railway.example/deploy/1' }])
  })

  it('lists environments with what went there last', async () => {
    expect((await github.call('github_list_environments')).structured).toMatchObject({ environments: [{ name: 'production', branches: 'any branch', newest: { id: 8001, state: 'success' } }, { name: 'staging', newest: { id: 8000 } }] })
  })

  it('lists the jobs and steps of a run', async () => {
    const { structured, signals } = await github.call('github_list_run_jobs', { run: '7003' })
    expect(structured).toMatchObject({ jobs: [{ id: 7103, result: 'failure', seconds: 43, steps: [{ name: 'Checkout', result: 'success' }, { name: 'npm test', result: 'failure' }] }] })
    expect(signals).toEqual([expect.objectContaining({ kind: 'error', text: expect.stringContaining('at step "npm test"') })])
    expect((await github.call('github_list_run_jobs', { run: '7002' })).signals).toEqual([expect.objectContaining({ kind: 'healthy' })])
  })

  it('tells whether a commit passed its checks, a branch too', async () => {
    expect((await github.call('github_list_ref_checks', { ref: 'main' })).structured).toMatchObject({ sha: MERGE, checks: [{ name: 'test', by: 'github-actions', result: 'success' }, { name: 'deploy/production', result: 'success' }] })
    expect((await github.call('github_list_ref_checks', { ref: 'carrier' })).signals).toEqual([expect.objectContaining({ kind: 'error', severity: 2 })])
    expect((await github.call('github_list_ref_checks', { ref: FIX })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it('lists releases with the commits they were made from', async () => {
    const { structured, signals } = await github.call('github_list_releases')
    expect(structured).toMatchObject({ releases: [{ tag: 'v1.5.0', sha: MERGE, body: 'No more fallback.' }, { tag: 'v1.4.0' }], tags: [] })
    expect(signals[0]).toMatchObject({ kind: 'change', at: '2026-03-12T09:41:00Z' })
    expect((await github.call('github_list_releases', { minutes: 30 })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it.each([['src/currency.js:2', ['praman']], ['README.md', ['iokafor']]])('says who owns %s', async (path, owners) => {
    expect((await github.call('github_get_codeowners', { path })).structured).toMatchObject({ owners, rule: { file: '.github/CODEOWNERS' } })
  })

  it('sees that a branch was rewritten', async () => {
    const { structured, signals } = await github.call('github_list_repo_activity', { type: 'force_push' })
    expect(structured).toMatchObject({ movements: [{ branch: 'carrier', by: 'tlind', type: 'force_push' }] })
    expect(signals).toEqual([expect.objectContaining({ kind: 'change', severity: 2, text: expect.stringContaining('tlind FORCE-PUSHED carrier') })])
    const first = await github.call('github_list_repo_activity', { limit: 1 })
    expect(first).toMatchObject({ truncated: true })
    expect((await github.call('github_list_repo_activity', { limit: 1, cursor: first.cursor })).structured).toMatchObject({ movements: [{ type: 'pr_merge' }] })
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
