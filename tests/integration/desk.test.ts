import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/adapters/store/database.ts'
import { createStore } from '../../src/adapters/store/store.ts'
import type { Alert } from '../../src/core/alert.ts'
import { TransientError } from '../../src/core/errors.ts'
import type { Queue } from '../../src/core/queue.ts'
import type { Store } from '../../src/core/store.ts'
import { createManualClock } from '../../src/core/time.ts'
import { createDesk } from '../../src/intake/create-desk.ts'
import { createRedactor } from '../../workers/kit/redact.ts'

const clock = createManualClock('2026-03-01T12:00:00Z')
const place = { team: 'T1', channel: 'C1', threadTs: '1.000001' }
const alert = (overrides: Partial<Alert> = {}): Alert => ({
  id: 'a', source: 'slack_alert', kind: 'issue', receivedAt: '2026-03-01T12:00:00Z', title: 'TypeError', text: 'TypeError in checkout', sentry: { issueId: '4711' }, place, ...overrides,
})

let store: Store
let delivered: string[]
let down: boolean
let ids = 0

const queue: Pick<Queue, 'enqueue' | 'cancel'> = {
  enqueue: async ({ runId }) => {
    if (down) throw new TransientError('The queue is down.')
    delivered.push(runId)
    return runId
  },
  cancel: async () => false,
}
const desk = () => createDesk({ store, queue: queue as Queue, clock, newId: () => `id-${(ids += 1)}`, redact: createRedactor().text, windowMinutes: 60 })

beforeEach(async () => {
  store = createStore(await openDatabase({ location: 'memory' }))
  delivered = []
  down = false
})
afterEach(() => store.close())

describe('the desk', () => {
  it('starts one run for one issue and joins what follows within the window', async () => {
    const first = await desk().admit(alert(), ['event:1'])
    const second = await desk().admit(alert({ id: 'b' }), ['event:2'])
    expect([first.outcome, second.outcome]).toEqual(['started', 'joined'])
    expect(delivered).toHaveLength(1)
  })

  it('admits a delivery once, however often it comes', async () => {
    await desk().admit(alert(), ['event:1', 'message:C1:1'])
    expect(await desk().admit(alert({ sentry: { issueId: '9' } }), ['event:7', 'message:C1:1'])).toEqual({ outcome: 'duplicate' })
  })

  it('loses no alert to a queue that is down', async () => {
    down = true
    const admission = await desk().admit(alert(), ['event:1'])
    expect(admission.outcome).toBe('started')
    expect((await store.openRuns()).map((run) => run.status)).toEqual(['waiting'])
  })

  it('takes secrets out of an alert before it is stored', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`
    await desk().admit(alert({ text: `401 with ${token}` }), ['event:1'])
    const [run] = await store.openRuns()
    expect(run?.request.alert.text).toContain('401 with [')
    expect(JSON.stringify(run)).not.toContain(token)
  })

  it('refuses a question without words and a reply where nothing was investigated', async () => {
    expect((await desk().admit(alert({ kind: 'question', text: '  ' }), ['e'])).outcome).toBe('refused')
    expect((await desk().followUp({ place, text: 'and now?', user: 'U1', claims: ['e2'] })).outcome).toBe('refused')
  })

  it('stops a run that nobody has begun, and one that another process is at', async () => {
    await desk().admit(alert(), ['event:1'])
    expect(await desk().stop(place)).toBe(true)
    expect(await desk().stop(place)).toBe(false)

    const other = { ...place, threadTs: '2.000001' }
    await desk().admit(alert({ sentry: { issueId: '9' }, place: other }), ['event:2'])
    const owned = await store.takeRun(delivered.at(-1) ?? '', clock.now().toISOString())
    expect(await desk().stop(other)).toBe(true)
    await expect(owned?.journal.append({ key: 'orchestrator.0', kind: 'turn', inputHash: 'h', value: {} })).rejects.toMatchObject({ name: 'FencedError' })
  })
})
