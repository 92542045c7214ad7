import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createRedactor } from '../../../workers/kit/redact.ts'
import { GithubConnection } from '../../../workers/github/client.ts'
import { githubWorker } from '../../../workers/github/worker.ts'
import { strangerEnvironment, strangerScript } from '../../setup/strangers.ts'
import type { Command, Connection, Meeting } from './stranger.ts'

const repository = 'praman/quote-api'
const token = 'lab-token'
const seed = {
  tokens: { [token]: { login: 'praman', scopes: ['repo', 'user'] } },
  github: { users: [{ login: 'praman', name: 'Priya Raman', email: 'priya@larkspur.example' }], repos: [{ owner: 'praman', name: 'quote-api', auto_init: true }] },
}
const notThere = 'emulate 0.12.2 does not have that part of GitHub'

const commands: readonly Command[] = [
  { asks: ['github_list_commits'], prints: [/Drop the fallback .*\| src\/currency\.js \+1 -1/, /Initial commit/] },
  { asks: ['github_list_commits', '{"path":"src/currency.js"}'], prints: [/^\d commits/, 'Price in euros'] },
  { asks: ['github_get_commit', `{"repository":"${repository}","commit":"main"}`], prints: ['src/currency.js'] },
  { asks: ['github_compare_refs', `{"repository":"${repository}","base":"v1.0.0","head":"main"}`], prints: [/main is \d commits? ahead of v1\.0\.0 and 0 behind; 1 files? differ/, "-export const currency = 'EUR'"] },
  { asks: ['github_get_file', `{"repository":"${repository}","path":"src/currency.js","ref":"v1.0.0"}`], prints: ["1 export const currency = 'EUR'"] },
  { asks: ['github_list_tree'], prints: ['README.md\nsrc/currency.js'] },
  { asks: ['github_list_pulls'], prints: ['Drop the fallback'] },
  { asks: ['github_get_pull', `{"repository":"${repository}","number":"1"}`], prints: ['Drop the fallback', 'praman'] },
  { asks: ['github_list_pull_files', `{"repository":"${repository}","number":"2"}`], prints: ['changes no file'], cannot: 'emulate 0.12.2 knows no files of a pull request' },
  { asks: ['github_search_code', '{"query":"currency"}'], prints: ['praman/quote-api src/currency.js'] },
  { asks: ['github_search_issues', '{"query":"currency"}'], prints: ['Prices lack a currency'] },
  { asks: ['github_search_issues', '{"query":"fallback","kind":"pull"}'], prints: ['does not have the shape it is documented to have (at 0.repository_url)'], exits: 1, cannot: 'emulate 0.12.2 leaves a field out of pull requests found that GitHub always has' },
  { asks: ['github_list_releases'], prints: ['v1.0.0'] },
  { asks: ['github_list_workflow_runs'], prints: ['No workflow run between'] },
  { asks: ['github_get_file', `{"repository":"${repository}","path":"nothing.js"}`], prints: ['404'], exits: 1 },
  { asks: ['github_list_deployments'], prints: ['GitHub answered 404'], exits: 1, cannot: notThere },
  { asks: ['github_list_environments'], prints: ['GitHub answered 404'], exits: 1, cannot: notThere },
  { asks: ['github_list_ref_checks', `{"repository":"${repository}","ref":"main"}`], prints: ['GitHub answered 404'], exits: 1, cannot: notThere },
  { asks: ['github_list_commit_pulls', `{"repository":"${repository}","commit":"main"}`], prints: ['GitHub answered 404'], exits: 1, cannot: notThere },
  { asks: ['github_blame_lines', `{"repository":"${repository}","path":"src/currency.js","fromLine":1}`], prints: ['404'], exits: 1, cannot: 'emulate 0.12.2 has no GraphQL' },
]

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Starts the emulated GitHub; resolves when it says that it is ready. */
async function startEmulator(home: string): Promise<{ url: string; stop(): void }> {
  const port = await freePort()
  const file = join(home, 'seed.json')
  writeFileSync(file, JSON.stringify(seed))
  const child = spawn(process.execPath, [strangerScript('emulate', 'emulate'), 'start', '--service', 'github', '--port', String(port), '--seed', file], {
    cwd: home, env: strangerEnvironment({ HOME: home }), stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Ready')) resolve()
    })
    child.once('exit', () => reject(new Error(`emulate did not start: ${said}`)))
  })
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() }
}

/** Gives the empty repository a history through its own API: a file, a release, a change of the file merged by a pull request, another one left open, and an issue. */
async function layHistory(url: string): Promise<void> {
  const ask = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}/repos/${repository}/${path}`, { method, headers: { authorization: `Bearer ${token}` }, ...(body && { body: JSON.stringify(body) }) })
    if (!response.ok) throw new Error(`emulate answered ${response.status} for ${method} ${path}: ${await response.text()}`)
    return (await response.json()) as Record<string, unknown>
  }
  const put = (file: string, message: string, text: string, more: object) => ask('PUT', `contents/${file}`, { message, content: Buffer.from(text).toString('base64'), ...more })
  const { content, commit } = await put('src/currency.js', 'Price in euros', "export const currency = 'EUR'\n", { branch: 'main' })
  const { sha } = commit as { sha: string }
  await ask('POST', 'releases', { tag_name: 'v1.0.0', target_commitish: sha, name: '1.0.0' })
  for (const ref of ['refs/tags/v1.0.0', 'refs/heads/drop-fallback', 'refs/heads/document']) await ask('POST', 'git/refs', { ref, sha })
  await put('src/currency.js', 'Drop the fallback', 'export const currency = undefined\n', { branch: 'drop-fallback', sha: (content as { sha: string }).sha })
  await ask('POST', 'pulls', { title: 'Drop the fallback', head: 'drop-fallback', base: 'main' })
  await ask('PUT', 'pulls/1/merge', {})
  await put('docs/currency.md', 'Document the currency', 'Prices are in euros.\n', { branch: 'document' })
  await ask('POST', 'pulls', { title: 'Document the currency', head: 'document', base: 'main' })
  await ask('POST', 'issues', { title: 'Prices lack a currency', body: 'Since the merge.' })
}

async function connectWorker(home: string): Promise<Connection> {
  const { url, stop } = await startEmulator(home)
  await layHistory(url)
  const connection = GithubConnection.parse({ baseUrl: url, token, repositories: [repository] })
  const defects: unknown[] = []
  const worker = githubWorker.bind(connection, { clock: { now: () => new Date() }, fetch, redactor: createRedactor(), onDefect: (error) => defects.push(error) })
  return {
    ask: async ([name = '', input = '{}']) => {
      const outcome = await worker.tools.find((tool) => tool.name === name)?.invoke(JSON.parse(input), { callId: 'github1.0.0', signal: new AbortController().signal })
      if (outcome === undefined || defects.length > 0) throw new Error(`${name} is no tool, or not a sound one: ${defects.join(', ')}`)
      return outcome.ok ? { output: outcome.result.text, code: 0 } : { output: outcome.failure.message, code: 1 }
    },
    close: async () => stop(),
  }
}

/** The other way round: our GitHub worker's tools on a GitHub somebody else wrote. */
export const emulatedGithubMeeting: Meeting = {
  service: 'github, emulated',
  strangers: [{ name: 'our GitHub worker on emulate 0.12.2', commands, connect: (_, home) => connectWorker(home) }],
  gaps: [],
}
