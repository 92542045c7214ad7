import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FencedError } from '../../src/core/errors.ts'
import type { RunRequest, Store } from '../../src/core/store.ts'
import { databaseHosts } from './databases.ts'
import { alert, minutesAfterNoon, noon, startStores, thread, type StoreFixture } from './store-fixture.ts'

describe.each(databaseHosts)('the store of runs on $name', ({ start }) => {
  let fixture: StoreFixture
  let store: Store
  let other: Store
  const id = (what: string) => fixture.id(what)
  const newRun = (request?: RunRequest) => fixture.newRun(request)
  const takenRun = () => fixture.takenRun()

  beforeAll(async () => {
    fixture = await startStores(await start())
    store = fixture.store
    other = fixture.other
  })
  afterAll(async () => {
    await fixture.stop()
  })

  const open = (fingerprint: string, at: string, claims: string[] = [], by = store) =>
    by.openIncident({ claims, fingerprint, windowMinutes: 60, at, ids: { incident: id('incident'), run: id('run') }, request: { alert: alert(id('alert')) } })

  describe('claims', () => {
    it('takes a delivery once', async () => {
      expect(await store.claim(['event-1', 'C1+1.1'], noon)).toBe(true)
      expect(await store.claim(['event-1', 'C1+1.1'], noon)).toBe(false)
    })

    it('takes none of the keys when one of them was taken before', async () => {
      await store.claim(['event-2'], noon)
      expect(await store.claim(['C1+2.2', 'event-2'], noon)).toBe(false)
      expect(await store.claim(['C1+2.2'], noon)).toBe(true)
    })

    it('gives a delivery that comes many times at once to one', async () => {
      const claims = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? store : other).claim(['event-3', 'C1+3.3'], noon))
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1)
    })
  })

  describe('incidents', () => {
    it('opens one with a waiting run', async () => {
      const opened = await open('fp-new', noon)
      expect(opened).toMatchObject({ created: true, incident: { fingerprint: 'fp-new', openedAt: noon, alertCount: 1 } })
      const run = await store.run(opened?.incident.runId ?? '')
      expect(run).toMatchObject({ kind: 'investigation', status: 'waiting', incidentId: opened?.incident.id, fence: 0, startedAt: null })
      expect(await store.incident(opened?.incident.id ?? '')).toEqual(opened?.incident)
    })

    it('counts an alert of the same fingerprint within the window, and opens another after it', async () => {
      const first = await open('fp-window', noon)
      const second = await open('fp-window', minutesAfterNoon(59))
      const third = await open('fp-window', minutesAfterNoon(61))
      expect(second).toMatchObject({ created: false, incident: { id: first?.incident.id, alertCount: 2 } })
      expect(third).toMatchObject({ created: true, incident: { alertCount: 1 } })
    })

    it('counts an alert that arrives a little before the one it came after', async () => {
      const first = await open('fp-order', noon)
      expect(await open('fp-order', minutesAfterNoon(-1))).toMatchObject({ created: false, incident: { id: first?.incident.id } })
    })

    it('makes one incident of many alerts at once', async () => {
      const alerts = Array.from({ length: 12 }, (_, index) => open('fp-storm', noon, [], index % 2 === 0 ? store : other))
      const opened = await Promise.all(alerts)
      expect(new Set(opened.map((each) => each?.incident.id)).size).toBe(1)
      expect(opened.filter((each) => each?.created)).toHaveLength(1)
      expect(opened.map((each) => each?.incident.alertCount).toSorted((a = 0, b = 0) => a - b).at(-1)).toBe(12)
    })

    it('counts a delivery that comes twice once', async () => {
      await open('fp-twice', noon, ['event-4'])
      expect(await open('fp-twice', noon, ['event-4'])).toBeNull()
      expect(await open('fp-twice', noon, ['event-5'])).toMatchObject({ incident: { alertCount: 2 } })
    })
  })

  describe('runs', () => {
    it('remembers what a run needs to begin', async () => {
      const request = { alert: alert('a', thread('C-request')), place: thread('C-request'), parentId: 'investigation-0', question: 'And in staging?', user: 'U1' }
      const run = await newRun(request)
      expect(await store.run(run)).toMatchObject({ id: run, request, createdAt: noon, detail: null })
      expect(await store.run('no-such-run')).toBeNull()
    })

    it('raises the fence with every takeover and keeps when the first attempt began', async () => {
      const { run, owned } = await takenRun()
      const again = await other.takeRun(run, minutesAfterNoon(5))
      expect(owned.run).toMatchObject({ fence: 1, status: 'running', startedAt: noon })
      expect(again?.run).toMatchObject({ fence: 2, startedAt: noon })
    })

    it('does not give out a run that has ended or never was', async () => {
      const { run, owned } = await takenRun()
      await owned.finish('stopped', null, 'stopped by a person')
      expect(await store.takeRun(run, noon)).toBeNull()
      expect(await store.takeRun('no-such-run', noon)).toBeNull()
      expect(await store.run(run)).toMatchObject({ status: 'stopped', detail: 'stopped by a person' })
    })

    it('lists the runs that have not ended, oldest first', async () => {
      const later = id('run')
      await store.createRun({ id: later, kind: 'follow_up', incidentId: 'i', request: { alert: alert('a') }, createdAt: minutesAfterNoon(1) })
      const { run: running } = await takenRun()
      const { run: ended, owned } = await takenRun()
      await owned.finish('failed', null, 'no model')
      const ids = (await store.openRuns()).map((run) => run.id)
      expect(ids).toEqual(expect.arrayContaining([running, later]))
      expect(ids).not.toContain(ended)
      expect(ids.indexOf(running)).toBeLessThan(ids.indexOf(later))
    })
  })

  describe('the journal', () => {
    it('gives the next owner what the last one finished, to the order of the keys', async () => {
      const { run, owned } = await takenRun()
      const value = { zeta: 1, alpha: [{ arguments: '{"b":1,"a":2}' }], empty: {}, nothing: null }
      await owned.journal.append({ key: 'orchestrator.0', kind: 'turn', inputHash: 'h0', value })
      await owned.journal.append({ key: 'kubernetes1.0.1', kind: 'call', inputHash: 'h1', value: 'text' })
      const next = await other.takeRun(run, noon)
      expect(JSON.stringify(next?.journal.find('orchestrator.0')?.value)).toBe(JSON.stringify(value))
      expect(next?.journal.find('kubernetes1.0.1')).toEqual({ key: 'kubernetes1.0.1', kind: 'call', inputHash: 'h1', value: 'text' })
      expect(next?.journal.find('orchestrator.1')).toBeUndefined()
    })

    it('takes the entries of parallel steps', async () => {
      const { run, owned } = await takenRun()
      const keys = Array.from({ length: 24 }, (_, index) => `worker${index % 6}.${Math.floor(index / 6)}`)
      await Promise.all(keys.map((key) => owned.journal.append({ key, kind: 'call', inputHash: 'h', value: key })))
      const next = await other.takeRun(run, noon)
      expect(keys.map((key) => next?.journal.find(key)?.value)).toEqual(keys)
    })

    it('replaces a step that was done again', async () => {
      const { run, owned } = await takenRun()
      await owned.journal.append({ key: 'orchestrator.0', kind: 'turn', inputHash: 'old', value: 1 })
      await owned.journal.append({ key: 'orchestrator.0', kind: 'turn', inputHash: 'new', value: 2 })
      const next = await store.takeRun(run, noon)
      expect(next?.journal.find('orchestrator.0')).toMatchObject({ inputHash: 'new', value: 2 })
    })

    it('refuses an owner whose run was taken over', async () => {
      const { run, owned } = await takenRun()
      const next = await other.takeRun(run, noon)
      const late = { key: 'orchestrator.0', kind: 'turn', inputHash: 'h', value: 'zombie' } as const
      await expect(owned.journal.append(late)).rejects.toBeInstanceOf(FencedError)
      await expect(owned.finish('finished', null, 'zombie')).rejects.toBeInstanceOf(FencedError)
      await next?.journal.append({ ...late, value: 'owner' })
      expect((await store.takeRun(run, noon))?.journal.find('orchestrator.0')?.value).toBe('owner')
    })

    it('refuses what comes after the end', async () => {
      const { owned } = await takenRun()
      await owned.finish('finished', null, 'reported')
      await expect(owned.journal.append({ key: 'k', kind: 'call', inputHash: 'h', value: 1 })).rejects.toBeInstanceOf(FencedError)
      await expect(owned.finish('failed', null, 'again')).rejects.toBeInstanceOf(FencedError)
    })

    it('keeps every character Postgres can keep and shows where one was not', async () => {
      const { run, owned } = await takenRun()
      const value = { 'k\0': 'NUL \0, half \ud83d, other half \udc00, whole 😀, backslash \\u0000, ü' }
      await owned.journal.append({ key: 'bad\0key', kind: 'call', inputHash: 'h', value })
      const kept = { 'k\ufffd': 'NUL \ufffd, half \ufffd, other half \ufffd, whole 😀, backslash \\u0000, ü' }
      expect(owned.journal.find('bad\0key')?.value).toEqual(kept)
      expect((await store.takeRun(run, noon))?.journal.find('bad\0key')?.value).toEqual(kept)
    })
  })
})
