import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'
import { readOpenApi } from './openapi.ts'

const world = await loadWorld(join(import.meta.dirname, '../fixtures/world'))
const openApi = readOpenApi('github-openapi.json')
const merge = world.github.repositories[0]?.pulls[0]?.mergeSha ?? ''
const r = '/repos/{owner}/{repo}'

/** Documented path → what stands for its parameters, and the query. */
const documented: readonly [path: string, parameters: Record<string, string>, query?: string][] = [
  [r, {}],
  [`${r}/commits`, {}],
  [`${r}/commits/{ref}`, { ref: merge }],
  [`${r}/commits/{commit_sha}/pulls`, { commit_sha: merge }],
  [`${r}/commits/{ref}/check-runs`, { ref: merge }],
  [`${r}/commits/{ref}/status`, { ref: merge }],
  [`${r}/compare/{basehead}`, { basehead: 'v1.4.0...main' }],
  [`${r}/contents/{path}`, { path: 'src/currency.js' }],
  [`${r}/contents/{path}`, { path: 'src' }],
  [`${r}/git/trees/{tree_sha}`, { tree_sha: 'main' }, 'recursive=1'],
  [`${r}/branches`, {}],
  [`${r}/pulls`, {}, 'state=all'],
  [`${r}/pulls/{pull_number}`, { pull_number: '4' }],
  [`${r}/pulls/{pull_number}/files`, { pull_number: '4' }],
  [`${r}/pulls/{pull_number}/reviews`, { pull_number: '4' }],
  [`${r}/deployments`, {}],
  [`${r}/deployments/{deployment_id}/statuses`, { deployment_id: '8001' }],
  [`${r}/environments`, {}],
  [`${r}/actions/runs`, {}],
  [`${r}/actions/runs/{run_id}`, { run_id: '7003' }],
  [`${r}/actions/runs/{run_id}/jobs`, { run_id: '7003' }],
  [`${r}/releases`, {}],
  [`${r}/tags`, {}],
  [`${r}/activity`, {}],
  [`${r}/issues`, {}, 'state=all'],
  [`${r}/issues/{issue_number}`, { issue_number: '2' }],
  ['/search/code', {}, 'q=currency+repo:larkspur/quote-api'],
  ['/search/issues', {}, 'q=fallback+is:closed'],
  ['/search/commits', {}, 'q=fallback'],
  ['/rate_limit', {}],
  ['/user', {}],
]

/** Where the document and the service part: GitHub answers an address that was never set with the empty string. */
const misprints = [/\/(target|log|environment)_url must match format "uri"/]

describe('the simulated GitHub, against GitHub\'s OpenAPI', () => {
  const lab = createLab(world)
  const ask = (path: string): Promise<Response> => lab.fetch(`${lab.services.github.url}${path}`, { headers: { authorization: `Bearer ${lab.services.github.token}` } })

  it.each(documented)('answers GET %s %o as documented', async (path, parameters, query = '') => {
    const values: Record<string, string> = { owner: 'larkspur', repo: 'quote-api', ...parameters }
    const response = await ask(`${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')}?${query}`)
    expect(response.status).toBe(200)
    const problems = openApi.problems(path, response.status, await response.json())
    expect(problems.filter((problem) => !misprints.some((misprint) => misprint.test(problem)))).toEqual([])
  })

  it('answers errors as documented', async () => {
    const commit = await ask('/repos/larkspur/quote-api/commits/0000000')
    const missing = await ask('/repos/larkspur/quote-app')
    const search = await ask('/search/issues?q=')
    expect([commit.status, missing.status, search.status]).toEqual([422, 404, 422])
    expect(openApi.problems(`${r}/commits/{ref}`, 422, await commit.json())).toEqual([])
    expect(openApi.problems(r, 404, await missing.json())).toEqual([])
    expect(openApi.problems('/search/issues', 422, await search.json())).toEqual([])
  })
})
