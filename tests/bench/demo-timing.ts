import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDemo } from '../../training/demo/start-demo.ts'
import type { Demo } from '../../training/demo/start-demo.ts'
import { quantileRows } from './rows.ts'
import type { Row } from './rows.ts'

const rounds = 2
const patienceMs = 60_000

/** One incident as people saw it, in milliseconds from the alert. */
interface Seen {
  readonly firstPost: number
  readonly report: number
}

/** How long people wait in the demo (the real bot with the local policy, on the lab): from the alert to the first post, and to the report. */
export async function demoTiming(tasksDirectory: string): Promise<Row[]> {
  const passes = []
  // The bot takes the same alert up once, so every round needs a bot that has seen nothing.
  for (let round = 0; round < rounds; round += 1) passes.push(await onePass(tasksDirectory))
  const seen = passes.flatMap((pass) => pass.seen)
  const setting = `demo, ${seen.length} incidents one after the other`
  return [
    ...quantileRows('demo: start to ready', 'an empty folder', passes.map(({ start }) => start)).slice(0, 1),
    ...quantileRows('demo: alert to first post', setting, seen.map(({ firstPost }) => firstPost), ['≤ 1000', '≤ 1000']),
    ...quantileRows('demo: alert to report', `${setting}, local policy`, seen.map(({ report }) => report)),
  ]
}

async function onePass(tasksDirectory: string): Promise<{ start: number; seen: Seen[] }> {
  const home = await mkdtemp(join(tmpdir(), 'foreman-bench-'))
  const began = performance.now()
  const demo = await startDemo({ tasksDirectory, home, port: 0, policy: 'local:prior', environment: {} })
  const start = performance.now() - began
  const seen: Seen[] = []
  try {
    for (const { id } of demo.rack.tasks) {
      await demo.rack.mount(id)
      seen.push(await watch(demo, id))
    }
  } finally {
    await demo.stop()
    await rm(home, { recursive: true, force: true })
  }
  return { start, seen }
}

async function watch({ slack, fire }: Demo, id: string): Promise<Seen> {
  const began = performance.now()
  const { ts } = await fire(id)
  const answer = async (besides: string): Promise<{ ts: string; ms: number }> => {
    const message = await slack.waitForMessage(({ thread_ts: thread, ts: own, user }) => thread === ts && own !== ts && own !== besides && user === slack.credentials.botUserId, { timeoutMs: patienceMs })
    return { ts: message.ts, ms: performance.now() - began }
  }
  const first = await answer('')
  const report = await answer(first.ts)
  return { firstPost: first.ms, report: report.ms }
}
