import { describe, expect, it } from 'vitest'
import { githubWorker } from '../../../../workers/github/worker.ts'
import { bindFakeService } from '../fake-service.ts'
import type { FakeAnswers } from '../fake-service.ts'

const bind = (answers: FakeAnswers, repositories = ['shop/web']) => bindFakeService(githubWorker, { baseUrl: 'http://github.test', token: 't', repositories }, answers)

const content = (text: string) => ({ type: 'file', path: 'CODEOWNERS', sha: 'a', size: text.length, encoding: 'base64', content: Buffer.from(text).toString('base64'), html_url: null })
const hit = (number: number, repository: string) => ({ number, repository_url: `http://github.test/repos/${repository}`, title: 'It breaks', body: null, state: 'open', user: { login: 'ana' }, created_at: '2026-03-01T00:00:00Z', updated_at: '2026-03-02T00:00:00Z', labels: [{ name: 'bug' }] })

describe('the owners of a path', () => {
  const rules = '# who owns what\n*            @shop/web\n*.sql        @ana  # the migrations\n/src/pay/    @ben @shop/payments\ndocs/*       docs@shop.test\napps/        @cora\n/src/pay/legacy\n**/secrets   @dana\n'

  it.each([
    ['README.md', ['shop/web']], ['db/1.sql', ['ana']], ['src/pay/charge.ts', ['ben', 'shop/payments']], ['src/pay/db/1.sql', ['ben', 'shop/payments']], ['docs/a.md', ['docs@shop.test']],
    ['docs/deep/a.md', ['shop/web']], ['x/apps/y.ts', ['cora']], ['src/pay/legacy/old.ts', []], ['deep/down/secrets/key', ['dana']],
  ])('of %s are %j', async (path, owners) => {
    expect((await bind({ '/contents/CODEOWNERS': content(rules) }).result('github_get_codeowners', { path })).structured).toMatchObject({ owners })
  })

  it('are unknown without the file, and a failing service is not taken for that', async () => {
    expect((await bind({}).result('github_get_codeowners', { path: 'a.ts' })).signals).toEqual([expect.objectContaining({ kind: 'absence', text: expect.stringContaining('no CODEOWNERS file') })])
    expect(await bind({ '/contents/.github/CODEOWNERS': 500 }).outcome('github_get_codeowners', { path: 'a.ts' })).toMatchObject({ ok: false, failure: { kind: 'unavailable' } })
  })
})

describe('a search for issues', () => {
  it('asks each repository by itself, and keeps what others answer out', async () => {
    const github = bind({ '/search/issues': { total_count: 2, items: [hit(1, 'shop/web'), hit(2, 'stranger/web')] } }, ['shop/web', 'shop/api'])
    const { structured } = await github.result('github_search_issues', { query: 'breaks OR (repo:stranger/web user:stranger)' })
    expect(github.asked.map(({ searchParams }) => searchParams.get('q'))).toEqual(['breaks is:issue repo:shop/web', 'breaks is:issue repo:shop/api'])
    expect(structured).toMatchObject({ hits: [{ number: 1, repository: 'shop/web' }] })
  })
})

describe('a code search', () => {
  it('gives nothing of a repository that the query names by itself', async () => {
    const items = [{ path: 'a.ts', sha: '1', repository: { full_name: 'stranger/web' } }, { path: 'b.ts', sha: '2', repository: { full_name: 'Shop/Web' } }]
    expect((await bind({ '/search/code': { total_count: 2, items } }).result('github_search_code', { query: 'key repo:stranger/web' })).structured).toMatchObject({ hits: [{ path: 'b.ts' }] })
  })
})

describe('the reviews of a pull request', () => {
  const pull = { number: 7, title: 'Raise the limit', body: null, state: 'closed', user: { login: 'ana' }, created_at: '2026-03-01T00:00:00Z', updated_at: '2026-03-02T00:00:00Z', merged_at: '2026-03-02T00:00:00Z', merge_commit_sha: 'a'.repeat(40), head: { ref: 'limit', sha: 'b'.repeat(40) }, base: { ref: 'main' } }
  const review = (state: string, submitted_at: string) => ({ user: { login: 'ben' }, state, body: '', submitted_at })

  it('tell that it was merged without approval', async () => {
    const { signals } = await bind({ '/pulls/7': pull, '/reviews': [review('APPROVED', '2026-03-01T01:00:00Z'), review('CHANGES_REQUESTED', '2026-03-01T02:00:00Z')], '/comments': [] }).result('github_get_pull', { number: '7' })
    expect(signals.map(({ text }) => text)).toContain('#7 was merged without an approving review')
  })
})

describe('environments', () => {
  it('say who must approve and which branches may be deployed', async () => {
    const environment = { name: 'production', html_url: null, protection_rules: [{ type: 'required_reviewers', reviewers: [{ type: 'Team', reviewer: { slug: 'ops' } }, { type: 'User', reviewer: { login: 'ana' } }] }, { type: 'wait_timer', wait_timer: 30 }], deployment_branch_policy: { protected_branches: true, custom_branch_policies: false } }
    expect((await bind({ '/environments': { total_count: 1, environments: [environment] }, '/deployments': [] }).result('github_list_environments')).text).toBe('production [shop/web]: protected branches only, needs approval by ops or ana, waits 30 min; no deployment recorded')
  })
})

describe('the files of a repository', () => {
  it('are said to be cut when GitHub cut them', async () => {
    expect(await bind({ '/git/trees/HEAD': { sha: 'a', truncated: true, tree: [{ path: 'src/a.ts', type: 'blob', size: 3 }] } }).result('github_list_tree')).toMatchObject({ truncated: true, text: expect.stringContaining('GitHub cut the list') })
  })
})

describe('a file of no named repository', () => {
  const two = ['shop/web', 'shop/api']

  it('is read from the one that has it', async () => {
    const { structured } = await bind({ '/repos/shop/api/contents/src/pay.ts': content('const retries = 3\n') }, two).result('github_get_file', { path: 'src/pay.ts' })
    expect(structured).toMatchObject({ repository: 'shop/api', lines: [{ line: 1, text: 'const retries = 3' }, { line: 2 }] })
  })

  it('is asked about where several have it, and missed where none has', async () => {
    const outcome = async (answers: FakeAnswers) => (await bind(answers, two).outcome('github_get_file', { path: 'src/pay.ts' }))
    expect(await outcome({ '/contents/src/pay.ts': content('x') })).toMatchObject({ ok: false, failure: { kind: 'invalid_input', message: expect.stringContaining('src/pay.ts is in shop/web, shop/api') } })
    expect(await outcome({})).toMatchObject({ ok: false, failure: { kind: 'not_found' } })
  })
})

describe('a merged pull request in a list', () => {
  it('comes with the places it changed, by the commit it went out as', async () => {
    const pull = { number: 7, title: 'More people', user: { login: 'ana' }, state: 'closed', created_at: '2026-03-11T00:00:00Z', updated_at: '2026-03-11T01:00:00Z', merged_at: '2026-03-11T01:00:00Z', merge_commit_sha: 'a'.repeat(40), head: { ref: 'more', sha: 'b'.repeat(40) }, base: { ref: 'main', sha: 'c'.repeat(40) }, body: null, html_url: null }
    const file = { filename: 'flags.json', status: 'modified', additions: 1, deletions: 1, patch: '@@ -1,3 +1,3 @@\n   "new-basket": {\n-    "percent": 10\n+    "percent": 75' }
    const { signals } = await bind({ '/pulls': [pull], '/pulls/7/files': [file] }).result('github_list_pulls')
    expect(signals.map(({ text }) => text)).toEqual([
      'Pull request #7 [shop/web] merged at 2026-03-11 01:00:00Z as aaaaaaaaaaaa by ana: More people', 'aaaaaaaaaaaa flags.json new-basket: - "percent": 10 + "percent": 75',
    ])
    expect(signals[1]?.entities[0]).toMatchObject({ kind: 'commit', value: 'a'.repeat(40) })
  })
})
