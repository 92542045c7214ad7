import { describe, expect, it } from 'vitest'
import { docsWorker } from '../../../../workers/docs/worker.ts'
import { bindFakeService } from '../fake-service.ts'

const table = (header: string, ...rows: string[]) => `| ${header} |\n${header.replaceAll(/[^|]+/g, ' --- ').replace(/^/, '|')}|\n${rows.map((row) => `| ${row} |`).join('\n')}\n`
const pages = {
  'credentials.md': `# Credentials\n\n${table('Credential | Used for | Valid until | Owner', 'SMS_KEY | texts of ringwell | 2026-03-12 11:00 UTC | inesb', 'VOICE_KEY | calls of ringwell | 2027-03-12 11:00 UTC | inesb')}`,
  'load-tests.md': `# Load tests\n\n${table('Ref | Begins (UTC) | Minutes | Service | Tenant', 'lt-75 | 2026-03-12 11:40 | 45 | quote-api | tn_load_86', 'lt-76 | 2026-03-19 11:40 | 45 | quote-api | tn_load_99')}`,
  'service-catalog.md': `# Services\n\n${table('Service | Owner', 'quote-api | yuki')}`,
  'limits.md': '# Limits\n\n## ringwell\n\nMore than 40 requests a second are refused with RATE_LIMITED_40 at once. Be kind.\n',
}
const docs = () => bindFakeService(docsWorker, { pages }, {})

describe('what documents say', () => {
  it('is told with the names of a row’s columns, by what the row is of', async () => {
    const { signals } = await docs().result('docs_search_all', { query: 'voice calls' })
    expect(signals[0]).toMatchObject({ kind: 'knowledge', text: 'VOICE_KEY: Used for calls of ringwell | Valid until 2027-03-12 11:00 UTC | Owner inesb (credentials.md:6)' })
    expect(signals[0]?.entities.map(({ kind, value }) => `${kind}:${value}`)).toEqual(['credential:VOICE_KEY', 'user:inesb', 'document:credentials.md'])
  })

  it('is louder, and has a time, where it ended or runs just now', async () => {
    const { signals, structured } = await docs().result('docs_list_sources')
    expect(signals.map(({ text, severity, at }) => ({ text, severity, at }))).toEqual([
      { text: 'lt-75 (now, since 2026-03-12 11:40:00Z until 2026-03-12 12:25:00Z): Begins (UTC) 2026-03-12 11:40 | Minutes 45 | Service quote-api | Tenant tn_load_86 (load-tests.md:5)', severity: 2, at: '2026-03-12T11:40:00.000Z' },
      { text: 'SMS_KEY (ended 2026-03-12 11:00:00Z, 60 min ago): Used for texts of ringwell | Valid until 2026-03-12 11:00 UTC | Owner inesb (credentials.md:5)', severity: 2, at: '2026-03-12T11:00:00.000Z' },
    ])
    expect(signals[0]?.entities.map(({ kind, value }) => `${kind}:${value}`)).toEqual(expect.arrayContaining(['identifier:lt-75', 'service:quote-api', 'user:tn_load_86']))
    expect(structured).toMatchObject({ total: 4, announced: [{ path: 'load-tests.md', line: 5 }, { path: 'credentials.md', line: 5 }] })
  })

  it('stands under its heading, and is only context where it names nothing', async () => {
    const { signals } = await docs().result('docs_get_page', { page: 'limits.md' })
    expect(signals.map(({ severity, text }) => [severity, text])).toEqual([[1, 'ringwell: More than 40 requests a second are refused with RATE_LIMITED_40 at once. (limits.md:5)'], [0, 'ringwell: Be kind. (limits.md:5)']])
  })

  it('is no news where a catalogue lists it', async () => {
    expect((await docs().result('docs_get_page', { page: 'service-catalog.md' })).signals).toEqual([expect.objectContaining({ severity: 0, text: 'quote-api: Owner yuki (service-catalog.md:5)' })])
  })
})
