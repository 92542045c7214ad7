import type { Alert, Place } from '../../src/core/alert.ts'
import { orchestratorBudget } from '../../src/core/budget.ts'
import type { Investigation } from '../../src/core/investigation.ts'
import type { OwnedRun, RunRequest, Store } from '../../src/core/store.ts'
import { createStore } from '../../src/adapters/store/store.ts'
import { noUsage } from '../../src/core/usage.ts'
import type { DatabaseHost } from './databases.ts'

export const noon = '2026-03-04T12:00:00.000Z'

/** ISO 8601. */
export function minutesAfterNoon(minutes: number): string {
  return new Date(Date.parse(noon) + minutes * 60_000).toISOString()
}

/** A thread of its own in each channel. */
export function thread(channel: string): Place {
  return { team: 'T1', channel, threadTs: '1772600000.000100' }
}

/** An issue alert, in Slack when `place` is given. */
export function alert(id: string, place?: Place): Alert {
  const words = { title: 'TypeError: total is undefined', text: 'in checkout' }
  return { id, source: 'slack_alert', kind: 'issue', receivedAt: noon, ...words, ...(place && { place }) }
}

/** The smallest record of a finished run. */
export function record(id: string, incidentId: string, endedAt = noon): Investigation {
  const end = { reason: 'reported', message: '' } as const
  const run = { id, agent: 'orchestrator', policy: 'scripted', promptVersion: '1', input: 'Why?', steps: [], end, usage: noUsage, ms: 12 } as const
  return {
    version: 1, id, kind: 'investigation', incidentId, alert: alert('a'), window: { start: noon, end: noon }, startedAt: noon, endedAt,
    budget: orchestratorBudget, run, coverage: [], droppedEvidence: 0, usage: noUsage, ms: 12,
  }
}

/** A store, the same data as another process has it, and runs to work with. Ids are new with every call. */
export interface StoreFixture {
  readonly store: Store
  readonly other: Store
  id(what: string): string
  newRun(request?: RunRequest): Promise<string>
  takenRun(request?: RunRequest): Promise<{ run: string; owned: OwnedRun }>
  finishedRun(request: RunRequest, endedAt?: string): Promise<Investigation>
  stop(): Promise<void>
}

/** Opens both stores on `host`, which `stop` stops too. */
export async function startStores(host: DatabaseHost): Promise<StoreFixture> {
  const store = createStore(await host.open())
  const other = createStore(await host.open())
  let lastId = 0
  const id = (what: string) => `${what}-${++lastId}`
  const newRun = async (request: RunRequest = { alert: alert('a') }) => {
    const run = id('run')
    await store.createRun({ id: run, kind: 'investigation', incidentId: id('incident'), request, createdAt: noon })
    return run
  }
  const takenRun = async (request?: RunRequest) => {
    const run = await newRun(request)
    const owned = await store.takeRun(run, noon)
    if (owned === null) throw new Error('A new run can be taken.')
    return { run, owned }
  }
  const finishedRun = async (request: RunRequest, endedAt = noon) => {
    const { owned } = await takenRun(request)
    const investigation = record(id('investigation'), owned.run.incidentId, endedAt)
    await owned.finish('finished', investigation, 'reported')
    return investigation
  }
  const stop = async () => {
    await Promise.all([store.close(), other.close()])
    await host.stop()
  }
  return { store, other, id, newRun, takenRun, finishedRun, stop }
}
