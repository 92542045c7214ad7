import { join } from 'node:path'
import type { ListeningLab } from '../../../training/lab/listen.ts'
import { findSystemProgram } from '../../setup/system-programs.ts'
import { runProgram } from './run-program.ts'
import { connectRunner } from './statement-runner.ts'
import type { Command, Connection, Meeting } from './stranger.ts'

const repository = 'larkspur/quote-api'
const head = '59395c05c18b9c8904853715d4136921de0b48f1'
const fix = '54563f95fefa691baa82a522156322c21f7d6df3'

const statements: readonly Command[] = [
  { asks: ['print(repo.full_name, repo.private, repo.default_branch)'], prints: ['larkspur/quote-api True main'] },
  { asks: ['print([c.sha[:7] for c in repo.get_commits()])'], prints: ["['59395c0', '54563f9', 'ec0b4f0', '7fd0c60']"] },
  { asks: ["print([c.sha for c in repo.get_commits(path='src/currency.js', since=datetime(2026, 3, 11))])"], prints: [fix] },
  { asks: [`print(repo.get_commit('${head}').files[0].patch)`], prints: ["-export const fallbackCurrency = 'EUR'"] },
  { asks: ["print([f.filename for f in repo.compare('v1.4.0', 'v1.5.0').files])"], prints: ["['src/currency.js']"] },
  { asks: ["print(repo.get_contents('src/currency.js', ref='v1.4.0').decoded_content.decode())"], prints: ["export const fallbackCurrency = 'EUR'"] },
  { asks: ["print([entry.path for entry in repo.get_git_tree('main', recursive=True).tree])"], prints: ["'.github/CODEOWNERS'", "'src/server.js'"] },
  { asks: ["print(repo.get_git_ref('heads/main').object.sha)"], prints: [head] },
  { asks: ["print([b.name for b in repo.get_branches()], repo.get_branch('main').protected)"], prints: ["['main', 'carrier', 'drop-fallback'] True"] },
  { asks: ['print([t.name for t in repo.get_tags()])'], prints: ["['v1.4.0', 'v1.5.0']"] },
  { asks: ["print([p.number for p in repo.get_pulls(state='all')])"], prints: ['[5, 4]'] },
  { asks: ['print(repo.get_pull(4).title, repo.get_pull(4).merged, repo.get_pull(4).merge_commit_sha)'], prints: [`Drop the currency fallback True ${head}`] },
  { asks: ['print([(r.user.login, r.state) for r in repo.get_pull(4).get_reviews()])'], prints: ["[('iokafor', 'APPROVED')]"] },
  { asks: ['print([f.filename for f in repo.get_pull(4).get_files()])'], prints: ["['src/currency.js']"] },
  { asks: ['print(repo.get_pull(4).get_commits()[0].sha)'], prints: [fix] },
  { asks: [`print([p.number for p in repo.get_commit('${head}').get_pulls()])`], prints: ['[4]'] },
  { asks: ["print([(i.number, i.title) for i in repo.get_issues(state='all')][0])"], prints: ["(6, 'Document the carrier field')"] },
  { asks: ['print([c.body for c in repo.get_issue(4).get_comments()])'], prints: ['Are drafts priced too?'] },
  { asks: ['print([label.name for label in repo.get_labels()])'], prints: ["'bug'", "'cleanup'"] },
  { asks: ["print([i.number for i in gh.search_issues('repo:larkspur/quote-api currency')])"], prints: ['[4, 2]'] },
  { asks: ["print([f.path for f in gh.search_code('repo:larkspur/quote-api currencyOf')])"], prints: ["'src/currency.js'"] },
  { asks: ["print([c.sha[:7] for c in gh.search_commits('repo:larkspur/quote-api fallback')])"], prints: ["['59395c0', '54563f9']"] },
  { asks: ['print([(d.id, d.environment, [s.state for s in d.get_statuses()]) for d in repo.get_deployments()])'], prints: ["(8001, 'production', ['success', 'in_progress'])"] },
  { asks: ['print([(w.id, w.head_branch, w.conclusion) for w in repo.get_workflow_runs()])'], prints: ["(7003, 'carrier', 'failure')"] },
  { asks: ['print([w.path for w in repo.get_workflows()])'], prints: ['.github/workflows/ci.yml'] },
  { asks: ['print([(r.tag_name, r.title) for r in repo.get_releases()], repo.get_latest_release().tag_name)'], prints: ["[('v1.5.0', '1.5.0'), ('v1.4.0', '1.4.0')] v1.5.0"] },
  { asks: [`print([(c.name, c.conclusion) for c in repo.get_commit('${head}').get_check_runs()])`], prints: ["[('test', 'success')]"] },
  { asks: [`print(repo.get_commit('${head}').get_combined_status().state)`], prints: ['success'] },
  { asks: ['print([c.login for c in repo.get_contributors()], repo.get_languages())'], prints: ["'tlind'", "'JavaScript'"] },
  { asks: ["print(gh.get_user('praman').name, gh.get_rate_limit().core.limit)"], prints: ['Priya Raman 5000'] },
  { asks: ["repo.get_commit('0000000')"], prints: ['422'], exits: 1 },
  { asks: ["repo.create_issue('Nobody may')"], prints: ['403', 'Resource not accessible by personal access token'], exits: 1 },
  { asks: ["repo.get_contents('README.md').repository.get_events()[0]"], prints: ['404'], exits: 1, cannot: 'a world has no feed of repository events (its activity log it has)' },
]

const graphqlOnly = 'it asks by GraphQL for parts of the schema the lab does not execute'

const ghCommands: readonly Command[] = [
  { asks: ['auth', 'status', '--hostname', 'github.localhost'], prints: ['Logged in to github.localhost as foreman-lab'] },
  { asks: ['api', `repos/${repository}`, '--jq', '.full_name'], prints: [repository] },
  { asks: ['api', `repos/${repository}/commits?per_page=1`, '--paginate', '--jq', '.[].sha'], prints: [head, fix, 'ec0b4f0b5c90ed0fa911a2972ccc452641b31563'] },
  { asks: ['api', 'graphql', '-f', 'query={ repository(owner: "larkspur", name: "quote-api") { pullRequest(number: 4) { title } } }'], prints: ['Drop the currency fallback'] },
  { asks: ['run', 'list'], prints: [/failure\tReturn the carrier\tci\tcarrier\tpull_request\t7003/] },
  { asks: ['run', 'view', '7003'], prints: ['X carrier ci', 'X npm test'] },
  { asks: ['run', 'view', '7003', '--log-failed'], prints: ['test\tnpm test\t2026-03-12T10:05:57Z 1 failed: carrier is undefined'] },
  { asks: ['run', 'view', '1'], prints: ['HTTP 404: Not Found'], exits: 1 },
  { asks: ['workflow', 'list'], prints: ['ci\tactive\t710011'] },
  { asks: ['pr', 'diff', '4'], prints: ["-export const fallbackCurrency = 'EUR'"] },
  { asks: ['search', 'issues', 'currency'], prints: ['Fallback currency is wrong for UK quotes'] },
  { asks: ['search', 'prs', 'currency'], prints: [/larkspur\/quote-api\t4\tmerged/] },
  { asks: ['search', 'commits', 'fallback'], prints: [head] },
  { asks: ['search', 'repos', 'quote'], prints: [/larkspur\/quote-api\tPrices a shipment\tprivate/] },
  { asks: ['api', '-X', 'POST', `repos/${repository}/issues`, '-f', 'title=Nobody may'], prints: ['Resource not accessible by personal access token (HTTP 403)'], exits: 1 },
  { asks: ['pr', 'list', '--state', 'all'], prints: [/4\tDrop the currency fallback\tdrop-fallback\tMERGED/, /5\tReturn the carrier\tcarrier\tOPEN/] },
  { asks: ['issue', 'list', '--state', 'closed'], prints: [/2\tCLOSED\tFallback currency is wrong for UK quotes\tbug/] },
  { asks: ['label', 'list'], prints: [/^bug\t/, 'cleanup'] },
  { asks: ['release', 'list'], prints: [/1\.5\.0\tLatest\tv1\.5\.0/, '1.4.0'] },
  { asks: ['release', 'view', 'v1.5.0'], prints: ['No more fallback.'] },
  ...[['pr', 'view', '4'], ['pr', 'checks', '4'], ['issue', 'view', '2']].map(
    (asks): Command => ({ asks, prints: [/Cannot query field|Unknown type/], exits: 1, cannot: graphqlOnly }),
  ),
]

/** One Python that holds a client. */
function connectPython({ services: { github } }: ListeningLab, home: string): Connection {
  const script = join(import.meta.dirname, 'run-statements.py')
  return connectRunner({ program: findSystemProgram('python3') ?? '', parameters: [script, github.url, github.token, repository], cwd: home, env: { HOME: home } })
}

/**
 * PyGithub at the lab's own address; GitHub's command line through a proxy, because it speaks plain HTTP to nobody but
 * `github.localhost` and there only on port 80. The lab is that proxy: it answers whatever host a request names.
 */
export const githubMeeting: Meeting = {
  service: 'github',
  strangers: [
    { name: 'PyGithub', program: findSystemProgram('python3'), commands: statements, connect: async (lab, home) => connectPython(lab, home) },
    {
      name: 'gh', program: findSystemProgram('gh'), commands: ghCommands,
      connect: async ({ services: { github } }, home) => {
        const env = {
          HOME: home, HTTP_PROXY: github.url, GH_HOST: 'github.localhost', GH_TOKEN: github.token, GH_REPO: `github.localhost/${repository}`, GH_PROMPT_DISABLED: '1', NO_COLOR: '1',
        }
        return { ask: (words) => runProgram({ program: findSystemProgram('gh') ?? '', parameters: words, cwd: home, env }) }
      },
    },
  ],
  gaps: [{ route: /^github: GET \/repos\/larkspur\/quote-api\/events$/, reason: 'a world has no feed of repository events' }],
}
