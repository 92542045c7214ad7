import { sql } from 'kysely'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/adapters/store/database.ts'
import type { Claim } from '../../src/core/finding.ts'
import { workerNames } from '../../src/core/worker.ts'
import type { World } from '../../src/core/world/world.ts'
import { startDemo } from '../../training/demo/start-demo.ts'
import { loadTask } from '../../training/tasks/load-task.ts'
import { writeWorld } from '../../training/lab/world-builder/write-world.ts'
import { eventually } from '../fixtures/demo.ts'
import { markOf, plantSecrets } from '../fixtures/planted-world.ts'
import type { PlantedWorld } from '../fixtures/planted-world.ts'
import type { Said } from '../fakes/model-replies.ts'
import type { ModelRequest } from '../fakes/model-requests.ts'
import { startModelServer } from '../fakes/model-server.ts'
import type { ModelServer } from '../fakes/model-server.ts'

const task = '0001-tool-call-id'
const harmless = 12

/** Calls that show what was planted, by what the world calls its things. */
function tellingCalls({ sentry, railway, kubernetes }: World): Record<string, object> {
  const named = (kind: string): string => kubernetes.objects.find((object) => object.kind === kind)?.metadata.name ?? ''
  const service = railway.projects[0]?.services[0]?.name
  return {
    sentry_get_event: { issue: sentry.issues[0]?.shortId }, sentry_get_breadcrumbs: { issue: sentry.issues[0]?.shortId }, sentry_get_issue: { issue: sentry.issues[0]?.shortId },
    railway_deploy_logs: { service }, railway_variable_names: { service }, railway_get_service_config: { service },
    kubernetes_pod_logs: { pod: named('Pod') }, kubernetes_describe_pod: { pod: named('Pod') }, kubernetes_describe_workload: { workload: named('Deployment') },
    supabase_run_select: { sql: 'select * from public.planted order by id' },
    github_get_file: { path: 'src/planted.env' }, docs_get_page: { page: 'runbooks/planted.md' },
  }
}

/** A model that asks every specialist and every tool, and says again whatever it was shown. */
function gossip(calls: Record<string, object>): (request: ModelRequest) => Said {
  return (request) => {
    const answers = request.calls.map(({ output }) => output)
    const id = /^\[([^\]]+)\]/
    const claims: Claim[] = answers.flatMap((output) => {
      const call = id.exec(output)?.[1]
      const at = Math.max(0, output.indexOf('planted-'))
      return call === undefined ? [] : [{ text: output.slice(at, at + 480), calls: [call] }]
    }).slice(0, 12)
    const said = answers.map((output) => output.slice(Math.max(0, output.indexOf('planted-')))).join(' ') || 'nothing'
    if (request.tools.includes('investigate_sentry')) {
      if (request.turn === 0) return { text: request.question, calls: workerNames.map((worker) => ({ name: `investigate_${worker}`, arguments: { question: `What does ${worker} know? ${request.question.slice(0, 200)}` } })) }
      const report = { verdict: 'root_cause', title: said.slice(0, 150), rootCause: said.slice(0, 600), culprit: { kind: 'service', name: 'trace-api' }, evidence: claims, missing: [said.slice(600, 900)], actions: [said.slice(900, 1200) || 'none'] }
      return { text: said, calls: [{ name: 'report', arguments: report }] }
    }
    const own = request.tools.filter((tool) => tool !== 'report')
    if (request.turn === 0) return { calls: own.map((name) => ({ name, arguments: {} })) }
    if (request.turn === 1) return { calls: own.flatMap((name) => (calls[name] === undefined ? [] : [{ name, arguments: calls[name] }])) }
    return { text: said, calls: [{ name: 'report', arguments: { verdict: 'found', answer: said.slice(0, 600), culprit: null, claims } }] }
  }
}

/** Every row of every table, as text. */
async function everyRow(directory: string): Promise<Map<string, string>> {
  const database = await openDatabase({ location: { directory } })
  try {
    return await database.run(async (db) => {
      const { rows } = await sql<{ schema: string; name: string }>`select table_schema as schema, table_name as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`.execute(db)
      const texts = new Map<string, string>()
      for (const { schema, name } of rows) {
        const content = await sql<{ row: string }>`select t::text as row from ${sql.table(`${schema}.${name}`)} t`.execute(db)
        texts.set(name, content.rows.map(({ row }) => row).join('\n'))
      }
      return texts
    })
  } finally {
    await database.close()
  }
}

describe('secrets in every service, and a model that says again whatever it is shown', () => {
  const folders: string[] = []
  let planted: PlantedWorld
  let server: ModelServer
  let posts: string
  let rows: Map<string, string>

  beforeAll(async () => {
    const [tasks, home] = [await mkdtemp(join(tmpdir(), 'foreman-planted-')), await mkdtemp(join(tmpdir(), 'foreman-planted-home-'))]
    folders.push(tasks, home)
    await cp(join(import.meta.dirname, '../../tasks', task), join(tasks, task), { recursive: true })
    planted = plantSecrets((await loadTask(join(tasks, task))).world)
    await writeWorld(join(tasks, task, 'world'), planted.world)
    server = await startModelServer(gossip(tellingCalls(planted.world)))
    const demo = await startDemo({ tasksDirectory: tasks, home, port: 0, policy: `chat:${server.url}#gossip`, environment: { CHAT_API_KEY: server.key } })
    try {
      const { channel, ts } = await demo.fire(task)
      const place = { team: demo.slack.credentials.teamId, channel, threadTs: ts }
      await eventually('the report', () => demo.bot.store.investigationInThread(place))
      // The alert itself is Sentry's own post, which people read in Slack anyway.
      posts = JSON.stringify([demo.slack.calls, demo.slack.messages(channel, ts).filter(({ user }) => user === demo.slack.credentials.botUserId)])
    } finally {
      await demo.stop()
    }
    rows = await everyRow(join(home, 'db'))
  })
  afterAll(async () => {
    await server.close()
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
  })

  /** Kinds that are hidden only where it is configured. */
  const optional = /an e-mail address|a card number/
  const leaksIn = (text: string): string[] => [...planted.cores].flatMap(([core, place]) => (!optional.test(place) && (text.includes(core.slice(0, harmless + 1)) || text.includes(core.slice(-harmless - 1))) ? [place] : []))
  const placesIn = (text: string): string[] => [...planted.places].filter((place) => text.includes(markOf(place)))

  it('show none to the model', () => {
    const shown = JSON.stringify(server.requests.map(({ body }) => body))
    expect(server.refusals).toEqual([])
    expect(placesIn(shown).length).toBeGreaterThan(20)
    expect(leaksIn(shown)).toEqual([])
  })

  it('put none into Slack, though the report repeats what stood beside them', () => {
    expect(placesIn(posts)).not.toEqual([])
    expect(posts).toContain('[secret:')
    expect(leaksIn(posts)).toEqual([])
  })

  it('leave none in any row of the database', () => {
    const all = [...rows.values()].join('\n')
    expect([...rows.keys()]).toEqual(expect.arrayContaining(['step', 'investigation', 'outbox', 'run']))
    expect(placesIn(all).length).toBeGreaterThan(20)
    expect([...rows].map(([table, text]) => [table, leaksIn(text)]).filter(([, leaks]) => leaks?.length !== 0)).toEqual([])
  })
})
