import { join } from 'node:path'
import { Octokit } from '@octokit/rest'
import { applyPatch } from 'diff'
import { afterAll, describe, expect, it } from 'vitest'
import { createLab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'

const world = await loadWorld(join(import.meta.dirname, '../fixtures/world'))
const lab = createLab(world)
const served = await lab.listen()
const { url, token } = served.services.github
const octokit = new Octokit({ baseUrl: url, auth: token, log: { debug() {}, info() {}, warn() {}, error() {} } })
const repo = { owner: 'larkspur', repo: 'quote-api' }
const [repository] = world.github.repositories
const shaOf = (start: string): string => repository?.commits.find((commit) => commit.message.startsWith(start))?.sha ?? ''
const dropFallback = shaOf('Drop the currency fallback')

afterAll(() => lab.close())

describe('the simulated GitHub, through Octokit', () => {
  it('lists the commits of a file, newest first, without the merge that only brought one in', async () => {
    const { data } = await octokit.repos.listCommits({ ...repo, path: 'src/currency.js' })
    expect(data.map((commit) => commit.commit.message.split('\n')[0])).toEqual(['Drop the currency fallback', 'Start the quote API'])
  })

  it('bounds commits by time and author', async () => {
    const { data } = await octokit.repos.listCommits({ ...repo, since: '2026-03-01T00:00:00Z', until: '2026-03-11T23:00:00Z', author: 'praman' })
    expect(data.map((commit) => commit.sha)).toEqual([dropFallback])
  })

  it('shows what a commit changed as unified hunks', async () => {
    const { data } = await octokit.repos.getCommit({ ...repo, ref: dropFallback.slice(0, 7) })
    expect(data.stats).toEqual({ total: 3, additions: 0, deletions: 3 })
    expect(data.files?.map((file) => [file.filename, file.status, file.patch])).toEqual([['src/currency.js', 'modified', [
      '@@ -1,6 +1,3 @@', '-export const fallbackCurrency = \'EUR\'', '-', ' export function currencyOf(quote) {',
      '-  if (quote.price === undefined) return fallbackCurrency', '   return quote.price.currency', ' }',
    ].join('\n')]])
  })

  it('writes diffs that apply', async () => {
    const read = async (path: string, format: 'raw' | 'diff'): Promise<string> => {
      const response = await fetch(`${url}/repos/larkspur/quote-api/${path}`, { headers: { authorization: `Bearer ${token}`, accept: `application/vnd.github.${format}` } })
      return response.text()
    }
    const diff = await read('compare/v1.4.0...carrier', 'diff')
    const before = await read('contents/src/server.js?ref=v1.4.0', 'raw')
    expect(applyPatch(before, diff)).toBe(await read('contents/src/server.js?ref=carrier', 'raw'))
  })

  it('compares branches that went apart', async () => {
    const { data } = await octokit.repos.compareCommitsWithBasehead({ ...repo, basehead: 'main...carrier' })
    expect([data.status, data.ahead_by, data.behind_by, data.merge_base_commit.sha]).toEqual(['diverged', 1, 2, shaOf('Say how to run it')])
    expect(data.files?.map((file) => file.filename)).toEqual(['src/server.js'])
  })

  it('finds the pull request behind a commit', async () => {
    const { data } = await octokit.repos.listPullRequestsAssociatedWithCommit({ ...repo, commit_sha: dropFallback })
    expect(data.map((pull) => pull.number)).toEqual([4])
    const { data: files } = await octokit.pulls.listFiles({ ...repo, pull_number: 4 })
    const { data: reviews } = await octokit.pulls.listReviews({ ...repo, pull_number: 4 })
    expect([files.map((file) => file.filename), reviews.map((review) => review.state)]).toEqual([['src/currency.js'], ['APPROVED']])
  })

  it('follows the redirect of a job log', async () => {
    const { data } = await octokit.actions.downloadJobLogsForWorkflowRun({ ...repo, job_id: 7103 })
    expect(String(data)).toContain('1 failed: carrier is undefined')
  })

  it('pages by Link headers', async () => {
    const all = await octokit.paginate(octokit.repos.listCommits, { ...repo, per_page: 1 })
    expect(all).toHaveLength(4)
    const { headers } = await octokit.repos.listCommits({ ...repo, per_page: 1, page: 2 })
    expect(headers.link).toMatch(/rel="prev".*rel="next".*rel="last".*rel="first"/)
  })

  it('searches code, issues and commits by their qualifiers', async () => {
    const code = await octokit.search.code({ q: 'currencyOf repo:larkspur/quote-api path:src' })
    const issues = await octokit.search.issuesAndPullRequests({ q: 'repo:larkspur/quote-api is:pr is:merged merged:>=2026-03-12' })
    const commits = await octokit.search.commits({ q: 'fallback author:praman merge:false' })
    expect([code.data.items.map((item) => item.path), issues.data.items.map((item) => item.number), commits.data.items.map((item) => item.sha)])
      .toEqual([['src/currency.js', 'src/server.js'], [4], [dropFallback]])
  })

  it('blames lines by GraphQL on the commits that last changed them', async () => {
    const result = await octokit.graphql<{ repository: { object: { blame: { ranges: { startingLine: number; endingLine: number; commit: { oid: string } }[] } } } }>(
      'query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { object(expression: "carrier") { ... on Commit { blame(path: "src/server.js") { ranges { startingLine endingLine age commit { oid author { user { login } } } } } } } } }',
      { owner: 'larkspur', name: 'quote-api' },
    )
    expect(result.repository.object.blame.ranges.map((range) => [range.startingLine, range.endingLine, range.commit.oid])).toEqual([
      [1, 5, shaOf('Start the quote API')], [6, 6, shaOf('Return the carrier')], [7, 11, shaOf('Start the quote API')],
    ])
  })

  it('names trees and blobs as git does', async () => {
    const { data: readme } = await octokit.repos.getContent({ ...repo, path: 'README.md', ref: 'v1.4.0' })
    const { data: tree } = await octokit.git.getTree({ ...repo, tree_sha: 'main' })
    // What `git hash-object` and `git write-tree` say of the same files.
    expect(readme).toMatchObject({ sha: '58e61d8ef24cd3dccc7801261c35f7213135a76a', encoding: 'base64' })
    expect(tree.sha).toBe('ccc0bb57d001582adfde052c5447cfd82559334a')
  })

  it('reads deployments, environments, checks, releases and activity', async () => {
    const deployments = await octokit.repos.listDeployments({ ...repo, environment: 'production' })
    const statuses = await octokit.repos.listDeploymentStatuses({ ...repo, deployment_id: 8001 })
    const checks = await octokit.checks.listForRef({ ...repo, ref: 'carrier' })
    const latest = await octokit.repos.getLatestRelease(repo)
    const activity = await octokit.repos.listActivities({ ...repo, activity_type: 'force_push' })
    expect([deployments.data.length, statuses.data[0]?.state, checks.data.check_runs[0]?.conclusion, latest.data.tag_name, activity.data.length]).toEqual([1, 'success', 'failure', 'v1.5.0', 1])
  })

  it('answers conditional requests with 304', async () => {
    const first = await octokit.repos.get(repo)
    await expect(octokit.repos.get({ ...repo, headers: { 'if-none-match': first.headers.etag ?? '' } })).rejects.toMatchObject({ status: 304 })
  })

  it('refuses writes and counts them', async () => {
    await expect(octokit.issues.create({ ...repo, title: 'x' })).rejects.toMatchObject({ status: 403 })
    const mutation = await octokit.request('POST /graphql', { query: 'mutation { addStar(input: {starrableId: "1"}) { clientMutationId } }' })
    expect(mutation.data).toHaveProperty('errors')
    expect(lab.recorder.writes().map((request) => request.path)).toEqual(['/repos/larkspur/quote-api/issues', '/graphql'])
  })

  it('speaks as an enterprise server under /api/v3', async () => {
    const enterprise = new Octokit({ baseUrl: `${url}/api/v3`, auth: token })
    const { data } = await enterprise.repos.get(repo)
    expect(data.url).toBe(`${url}/api/v3/repos/larkspur/quote-api`)
  })

  it('answers an unknown route as GitHub does, and counts it', async () => {
    await expect(octokit.request('GET /repos/{owner}/{repo}/pages', repo)).rejects.toMatchObject({ status: 404 })
    expect(lab.recorder.unknownRoutes().map((request) => request.path)).toEqual(['/repos/larkspur/quote-api/pages'])
  })
})
