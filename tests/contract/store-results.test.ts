import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStore } from '../../src/adapters/store/store.ts'
import { FencedError, TransientError } from '../../src/core/errors.ts'
import type { Judgement } from '../../src/core/judgement.ts'
import type { RunRequest, Store } from '../../src/core/store.ts'
import { databaseHosts } from './databases.ts'
import { alert, minutesAfterNoon, noon, record, startStores, thread, type StoreFixture } from './store-fixture.ts'

describe.each(databaseHosts)('the store of results on $name', ({ start }) => {
  let fixture: StoreFixture
  let store: Store
  let other: Store
  const id = (what: string) => fixture.id(what)
  const newRun = (request: RunRequest) => fixture.newRun(request)
  const takenRun = () => fixture.takenRun()
  const finishedRun = (request: RunRequest, endedAt?: string) => fixture.finishedRun(request, endedAt)

  beforeAll(async () => {
    fixture = await startStores(await start())
    store = fixture.store
    other = fixture.other
  })
  afterAll(async () => {
    await fixture.stop()
  })

  describe('investigations', () => {
    it('stores the record with the end of its run', async () => {
      const investigation = await finishedRun({ alert: alert('a') })
      expect(await store.investigation(investigation.id)).toEqual(investigation)
      expect(await store.investigation('no-such-investigation')).toBeNull()
    })

    it('stores neither when the run was taken over', async () => {
      const { run, owned } = await takenRun()
      await other.takeRun(run, noon)
      const investigation = record(id('investigation'), 'i')
      await expect(owned.finish('finished', investigation, '')).rejects.toBeInstanceOf(FencedError)
      expect(await store.investigation(investigation.id)).toBeNull()
      expect(await store.run(run)).toMatchObject({ status: 'running' })
    })

    it('finds the newest of a thread, and the thread of a run that has not ended', async () => {
      const place = thread('C-thread')
      await finishedRun({ alert: alert('a', place) })
      const newest = await finishedRun({ alert: alert('a'), place }, minutesAfterNoon(10))
      expect(await store.investigationInThread(place)).toEqual(newest)
      expect(await store.investigationInThread(thread('C-elsewhere'))).toBeNull()
      const waiting = await newRun({ alert: alert('a', thread('C-waiting')) })
      expect(await store.runInThread(thread('C-waiting'))).toMatchObject({ id: waiting, status: 'waiting' })
      expect(await store.runInThread(thread('C-elsewhere'))).toBeNull()
    })

    it('lists the newest first, as many as asked for', async () => {
      const older = await finishedRun({ alert: alert('a') }, minutesAfterNoon(1000))
      const newer = await finishedRun({ alert: alert('a') }, minutesAfterNoon(2000))
      expect((await store.listInvestigations(2)).map((each) => each.id)).toEqual([newer.id, older.id])
    })
  })

  it('finds a run that began outside Slack, and its record, by the thread it was shown in', async () => {
    const place = thread('C-shown')
    const { run, owned } = await takenRun()
    await store.placeRun(run, place)
    expect(await store.runInThread(place)).toMatchObject({ id: run, request: { place } })
    const investigation = record(id('investigation'), owned.run.incidentId)
    await owned.finish('finished', investigation, 'reported')
    expect(await store.investigationInThread(place)).toEqual(investigation)
  })

  describe('judgements and flags', () => {
    const judgement = (fields: Partial<Judgement>): Judgement => ({ id: id('judgement'), investigationId: 'inv-1', source: 'person', verdict: 'right', by: 'U1', at: noon, ...fields })

    it('lets a person change the verdict and keeps the correction', async () => {
      await store.addJudgement(judgement({ verdict: 'wrong', correction: 'It was the cron job.' }))
      await store.addJudgement(judgement({ verdict: 'unknown', at: minutesAfterNoon(1) }))
      expect(await store.judgements('inv-1')).toMatchObject([{ verdict: 'unknown', correction: 'It was the cron job.', at: minutesAfterNoon(1) }])
    })

    it('keeps people and checks apart', async () => {
      await store.addJudgement(judgement({ investigationId: 'inv-2' }))
      await store.addJudgement(judgement({ investigationId: 'inv-2', by: 'U2', verdict: 'wrong', at: minutesAfterNoon(1) }))
      await store.addJudgement(judgement({ investigationId: 'inv-2', source: 'verification', by: 'after-1h', at: minutesAfterNoon(2) }))
      expect((await store.judgements('inv-2')).map(({ by, verdict }) => `${by} ${verdict}`)).toEqual(['U1 right', 'U2 wrong', 'after-1h right'])
    })

    it('keeps flags, each once', async () => {
      const flag = { id: id('flag'), investigationId: 'inv-3', by: 'U1', at: noon, note: 'a nice one' }
      await store.addFlag(flag)
      await store.addFlag(flag)
      expect(await store.flags('inv-3')).toEqual([flag])
      expect(await store.flags()).toContainEqual(flag)
      expect(await store.flags('inv-4')).toEqual([])
    })
  })

  describe('the outbox', () => {
    it('shows a second try the first', async () => {
      const entry = { key: id('post'), runId: 'run-1', payload: { text: 'Root cause: …' }, createdAt: noon }
      expect(await store.outboxBegin(entry)).toEqual({ ...entry, state: 'pending', reference: null })
      await store.outboxSent(entry.key, '1772600000.000200')
      const again = await other.outboxBegin({ ...entry, payload: { text: 'another' } })
      expect(again).toEqual({ ...entry, state: 'sent', reference: '1772600000.000200' })
      expect(await store.outboxEntry(entry.key)).toEqual(again)
      expect(await store.outboxEntry('no-such-post')).toBeNull()
    })
  })

  it('answers a ping, and says that the database cannot be reached when it is gone', async () => {
    const own = await start()
    const lost = createStore(await own.open())
    await lost.ping()
    await own.stop()
    await expect(lost.ping()).rejects.toBeInstanceOf(TransientError)
    await lost.close()
  })
})
