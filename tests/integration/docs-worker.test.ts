import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DocsConnection } from '../../workers/docs/client.ts'
import { docsWorker } from '../../workers/docs/worker.ts'
import { named, openLabWorker } from './worker-calls.ts'
import type { LabWorker } from './worker-calls.ts'

const pages: Record<string, string> = {
  'runbooks/queue.md': '# Queue grows\n\nLast reviewed 2026-02-20.\n\n## Why\n\nThe queue grows when `dispatch-worker` cannot reach the broker.\nA consumer that answers BROKER_409 is a second consumer with the same name.\n\n## What to do\n\n```\n# not a heading\nbroker consumers\n```\n',
  'post-mortems/2025-11-02-broker.md': '# Broker full\n\n## Summary\n\nFor 30 minutes no shipment was booked.\n\n## Root cause\n\nThe broker kept dead letters for ever, set by BROKER_RETENTION.\n',
  'service-catalog.md': '# Services\n\n| Service | Owner | Repository | Depends on |\n| --- | :-- | --- | --- |\n| quote-api | iokafor | larkspur/quote-api | quotes-db |\n| **dispatch-worker** | tlind | [larkspur/dispatch](https://example.org) | quote-api, broker |\n',
  'holidays.md': '# Holidays\n\nThe office is closed in August.\n',
}

describe('the docs worker', () => {
  let docs: LabWorker
  const open = (connection: DocsConnection) => openLabWorker(docsWorker, () => connection)

  beforeAll(async () => {
    docs = await open({ pages })
  })
  afterAll(async () => docs.close())

  it('quotes the line that answers, with its page and number', async () => {
    const { structured, text, signals } = await docs.call('docs_search_all', { query: 'queue grows broker unreachable' })
    expect(structured).toHaveProperty('hits.0', expect.objectContaining({ path: 'runbooks/queue.md', heading: 'Queue grows › Why', kind: 'runbook', date: '2026-02-20', lines: [5, 9] }))
    expect(text).toContain('7: The queue grows when `dispatch-worker` cannot reach the broker.')
    expect(signals[0]).toMatchObject({ kind: 'knowledge', severity: 2 })
    expect(named(signals[0]?.entities ?? [])).toEqual(['service:dispatch-worker', 'document:runbooks/queue.md'])
  })

  it('keeps kinds of pages apart', async () => {
    expect(named((await docs.call('docs_search_post_mortems', { query: 'broker' })).entities)).toContain('document:post-mortems/2025-11-02-broker.md')
    expect(named((await docs.call('docs_search_runbooks', { query: 'broker' })).entities)).not.toContain('document:post-mortems/2025-11-02-broker.md')
  })

  it('says that nothing is written about something', async () => {
    expect((await docs.call('docs_search_runbooks', { query: 'xylophone' })).signals).toEqual([expect.objectContaining({ kind: 'absence' })])
  })

  it.each(['broker_409', 'BROKER_409'])('finds every place that names %s exactly', async (code) => {
    expect((await docs.call('docs_lookup_error_code', { code })).structured).toMatchObject({ hits: [{ path: 'runbooks/queue.md' }] })
    expect((await docs.call('docs_lookup_error_code', { code: 'BROKER_4' })).structured).toEqual({ hits: [] })
  })

  it('reads the catalogue’s table: owner, repository, who depends on it', async () => {
    const { structured, entities } = await docs.call('docs_service_catalog', { service: 'quote-api' })
    expect(structured).toMatchObject({
      services: [{ service: 'quote-api', fields: { owner: 'iokafor', repository: 'larkspur/quote-api' } }], dependants: [{ service: 'dispatch-worker', fields: { repository: 'larkspur/dispatch' } }],
    })
    expect(named(entities)).toEqual(expect.arrayContaining(['service:quotes-db', 'user:iokafor', 'service:dispatch-worker']))
  })

  it('names the services it knows when asked for one it does not', async () => {
    expect((await docs.call('docs_service_catalog', { service: 'qoute-api' })).text).toContain('it lists quote-api, dispatch-worker')
  })

  it('reads a page by its path, its title or one heading', async () => {
    expect((await docs.call('docs_get_page', { page: 'Queue grows' })).structured).toMatchObject({ path: 'runbooks/queue.md', headings: ['Queue grows', 'Queue grows › Why', 'Queue grows › What to do'] })
    const { text } = await docs.call('docs_get_page', { page: 'runbooks/queue.md', heading: 'what to do' })
    expect(text).toContain('broker consumers')
    expect(text).not.toContain('second consumer')
  })

  it('names near pages and headings when one is unknown', async () => {
    expect((await docs.fail('docs_get_page', { page: 'runbooks/queues.md' })).message).toContain('runbooks/queue.md')
    expect((await docs.fail('docs_get_page', { page: 'runbooks/queue.md', heading: 'Rollback' })).message).toContain('Queue grows › Why')
  })

  it('lists its sources in pages, runbooks first', async () => {
    const first = await docs.call('docs_list_sources', { limit: 2 })
    expect(first).toMatchObject({ truncated: true, cursor: '2', structured: { total: 4, pages: [{ kind: 'runbook' }, { kind: 'post_mortem' }] } })
    expect((await docs.call('docs_list_sources', { limit: 2, cursor: '2' })).truncated).toBe(false)
  })

  it('reads the same from a directory', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'docs-'))
    for (const [path, markdown] of Object.entries(pages)) {
      await mkdir(join(directory, path, '..'), { recursive: true })
      await writeFile(join(directory, path), markdown)
    }
    const filed = await open({ directory })
    expect((await filed.call('docs_list_sources')).structured).toEqual((await docs.call('docs_list_sources')).structured)
    await filed.close()
    await rm(directory, { recursive: true })
  })

  it('reads the documents a server lists, once for all its calls', async () => {
    const served = await openLabWorker(docsWorker, ({ services }) => ({ baseUrl: services.docs.url, token: services.docs.token }))
    expect(named((await served.call('docs_search_runbooks', { query: 'quote without a price' })).entities)).toContain('document:runbooks/quotes.md')
    const asked = served.lab.recorder.requests.length
    await served.call('docs_list_sources')
    expect(served.lab.recorder.requests).toHaveLength(asked)
    await served.close()
  })

  it('tells a server that refuses the token, and tries again the next time', async () => {
    const locked = await openLabWorker(docsWorker, ({ services }) => ({ baseUrl: services.docs.url, token: 'wrong' }))
    expect((await locked.fail('docs_list_sources')).kind).toBe('unauthorized')
    const asked = locked.lab.recorder.requests.length
    await locked.fail('docs_list_sources')
    expect(locked.lab.recorder.requests.length).toBeGreaterThan(asked)
    await locked.close()
  })
})
