import { createMemoryJournal } from '../../src/core/journal.ts'
import { openStoredRuns } from './stored-runs.ts'
import { answerKilobytes, performStandardRun, standardRun } from './standard-run.ts'
import { quantileRows, timed } from './rows.ts'
import type { Row } from './rows.ts'

const warmUp = 10
const measured = 60

/** Milliseconds by the clock, one a run, and by the processor (all threads), on average. */
interface Spent {
  readonly wall: readonly number[]
  readonly processor: number
}

/** The bot's own time for one investigation: policy and services answer at 0 ms, so all that is left is ours. */
export async function ownTime(): Promise<Row[]> {
  const inMemory = await repeat(async () => void await performStandardRun(createMemoryJournal()))
  const stored = await openStoredRuns()
  try {
    const onDisk = await repeat((index) => stored.perform(`run-${index}`))
    await stored.check(`run-${warmUp + measured - 1}`)
    return [...rowsOf('memory journal', inMemory), ...rowsOf('embedded store', onDisk, ['≤ 60', '≤ 150'])]
  } finally {
    await stored.close()
  }
}

function rowsOf(journal: string, { wall, processor }: Spent, aims: readonly [string?, string?] = []): Row[] {
  const setting = `${standardRun.turns} turns, ${standardRun.calls} calls of ${Math.round(answerKilobytes)} KB, ${journal}`
  return [...quantileRows('own time per investigation', setting, wall, aims), { what: 'processor time per investigation', setting, value: processor, unit: 'ms' }]
}

async function repeat(work: (index: number) => Promise<void>): Promise<Spent> {
  const wall: number[] = []
  for (let index = 0; index < warmUp; index += 1) await work(index)
  const before = process.cpuUsage()
  for (let index = warmUp; index < warmUp + measured; index += 1) wall.push(await timed(() => work(index)))
  const { user, system } = process.cpuUsage(before)
  return { wall, processor: (user + system) / 1000 / measured }
}
