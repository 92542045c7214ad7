import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Row } from './rows.ts'
import { openStoredRuns } from './stored-runs.ts'
import { standardRun } from './standard-run.ts'

const megabyte = 1024 * 1024

/** What one process saw: its memory before, and with `atOnce` runs that wait before their last turn. */
interface Seen {
  readonly atOnce: number
  readonly before: number
  readonly settled: number
  readonly peak: number
}

/** Resident memory per concurrent investigation: all hold everything they have read when it is measured. A process of its own for each figure. */
export async function memory(): Promise<Row[]> {
  const rows: Row[] = []
  for (const atOnce of [10, 50]) {
    const { before, settled, peak } = await seenByChild(atOnce)
    const setting = `${atOnce} at once before their last turn, ${standardRun.calls} results each, embedded store`
    if (rows.length === 0) rows.push({ what: 'resident memory of the process, idle', setting: 'embedded store, after one run', value: before / megabyte, unit: 'MB' })
    rows.push(
      { what: 'resident memory per investigation, settled', setting, value: (settled - before) / atOnce / megabyte, unit: 'MB' },
      { what: 'resident memory of the process, peak', setting, value: peak / megabyte, unit: 'MB' },
    )
  }
  return rows
}

async function seenByChild(atOnce: number): Promise<Seen> {
  const child = spawn(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url), String(atOnce)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Seen
}

async function measure(atOnce: number): Promise<Seen> {
  let settled = 0
  const barrier = createBarrier(async () => {
    settled = await resident()
  })
  const stored = await openStoredRuns(() => barrier.arrive())
  await stored.perform('warm-up')
  const before = await resident()
  barrier.expect(atOnce)
  // Not the system's own maximum: on Linux a child begins with its parent's.
  let peak = 0
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 10)
  await Promise.all(Array.from({ length: atOnce }, (_, index) => stored.perform(`run-${index}`)))
  clearInterval(sampling)
  await stored.close()
  return { atOnce, before, settled, peak }
}

/** Lets everybody through until told how many to expect; then holds all until the last one is there and `whenAll` is done. */
function createBarrier(whenAll: () => Promise<void>) {
  let missing = 0
  let open = Promise.withResolvers<void>()
  open.resolve()
  return {
    expect: (count: number): void => {
      missing = count
      open = Promise.withResolvers()
    },
    arrive: async (): Promise<void> => {
      missing -= 1
      if (missing === 0) open.resolve(whenAll())
      await open.promise
    },
  }
}

/** Resident memory once garbage is gone, as far as the process gives it back. */
async function resident(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    await globalThis.gc?.({ execution: 'async', type: 'major' })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage.rss()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(JSON.stringify(await measure(Number(process.argv[2]))))
