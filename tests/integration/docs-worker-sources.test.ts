import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DocsConnection } from '../../workers/docs/client.ts'
import { docsWorker } from '../../workers/docs/worker.ts'
import { named, openLabWorker } from './worker-calls.ts'
import type { LabWorker } from './worker-calls.ts'

const runbook = '# Queue grows\n\nUpdated: 2026-02-20\n\nThe broker refuses a second consumer.\n\n## Steps\n\n1. Pause `dispatch-worker`.\n2. Restart the broker.\n\n```sh\nbroker consumers --all\n```\n'
const postMortem = '# Broker full\n\n## Summary\n\nNothing was booked.\n\n## Root causes\n\nDead letters were kept for ever.\n\n## Trigger\n\nA retry loop.\n\n## Action items\n\n- [x] Alert on depth\n- [ ] Set BROKER_RETENTION\n'

async function withPages(pages: Record<string, string>, use: (docs: LabWorker) => Promise<void>): Promise<void> {
  const docs = await openLabWorker(docsWorker, () => DocsConnection.parse({ pages }))
  try {
    await use(docs)
  } finally {
    await docs.close()
  }
}

describe('a runbook and a post-mortem, taken apart', () => {
  it('gives a runbook’s steps and commands, by the symptom too', () => withPages({ 'runbooks/queue.md': runbook }, async (docs) => {
    const { structured, signals } = await docs.call('docs_get_runbook', { runbook: 'second consumer refused' })
    expect(structured).toMatchObject({ path: 'runbooks/queue.md', date: '2026-02-20', steps: [{ line: 9, text: 'Pause `dispatch-worker`.' }, { line: 10 }], commands: [{ line: 13, text: 'broker consumers --all' }] })
    expect(signals[0]).toMatchObject({ kind: 'knowledge', text: expect.stringContaining('second consumer') })
  }))

  it('gives a post-mortem’s parts, and what of it was never done', () => withPages({ 'post-mortems/2025-11-02-broker.md': postMortem }, async (docs) => {
    const { structured, signals } = await docs.call('docs_get_post_mortem', { postMortem: 'Broker full' })
    expect(structured).toMatchObject({ date: '2025-11-02', rootCauses: 'Dead letters were kept for ever.', trigger: 'A retry loop.', impact: null, actionItems: [{ done: true }, { text: 'Set BROKER_RETENTION', done: false }] })
    expect(signals.at(-1)).toMatchObject({ severity: 2, text: expect.stringContaining('Never done after the incident of 2025-11-02: Set BROKER_RETENTION') })
  }))

  it('sends a page of another kind to the tool that reads it', () => withPages({ 'runbooks/queue.md': runbook, 'post-mortems/broker.md': postMortem }, async (docs) => {
    expect((await docs.fail('docs_get_runbook', { runbook: 'post-mortems/broker.md' })).message).toContain('docs_get_page')
    expect((await docs.fail('docs_get_post_mortem', { postMortem: 'xylophone' })).message).toContain('There are: post-mortems/broker.md')
  }))
})

describe('a service catalogue in YAML', () => {
  it('is read as entities of Backstage', () => withPages({ 'catalog-info.yaml': [
    'apiVersion: backstage.io/v1alpha1', 'kind: Component', 'metadata:', '  name: quote-api', '  annotations:', '    github.com/project-slug: larkspur/quote-api', 'spec:', '  owner: group:default/pricing',
    '  dependsOn: [resource:default/quotes-db]', '---', 'apiVersion: backstage.io/v1alpha1', 'kind: Component', 'metadata: { name: web }', 'spec: { owner: web-team, dependsOn: ["component:quote-api"] }',
  ].join('\n') }, async (docs) => {
    const { structured, entities } = await docs.call('docs_service_catalog', { service: 'quote-api' })
    expect(structured).toMatchObject({ services: [{ service: 'quote-api', line: 4, fields: { owner: 'pricing', repository: 'larkspur/quote-api', 'depends on': 'quotes-db' } }], dependants: [{ service: 'web' }] })
    expect(named(entities)).toEqual(expect.arrayContaining(['repository:larkspur/quote-api', 'service:quotes-db', 'user:pricing', 'service:web']))
  }))

  it.each([
    ['a list', 'services:\n  - name: broker\n    owner: tlind\n    runbook:\n      url: runbooks/queue.md\n'],
    ['a map', '# ours\nservices:\n  broker:\n    owner: tlind\n    runbook: { url: runbooks/queue.md }\n'],
  ])('is read as %s of services, and is found by a search', (_form, yaml) => withPages({ 'services.yml': yaml }, async (docs) => {
    expect((await docs.call('docs_service_catalog')).structured).toMatchObject({ services: [{ service: 'broker', line: 3 - Number(yaml.startsWith('services')), fields: { owner: 'tlind', 'runbook url': 'runbooks/queue.md' } }] })
    expect((await docs.call('docs_search_all', { query: 'broker owner' })).structured).toMatchObject({ hits: [{ path: 'services.yml', heading: 'broker', kind: 'catalog' }] })
  }))

  it('says that a broken one is missing, and keeps other YAML out', () => withPages({ 'service-catalog.yaml': 'services: [\n  - name: x\n', 'mkdocs.yml': 'site_name: Docs\n' }, async (docs) => {
    expect((await docs.call('docs_service_catalog', { service: 'x' })).text).toMatch(/service-catalog\.yaml is not valid YAML \(line \d\)/)
    expect((await docs.call('docs_list_sources')).structured).toMatchObject({ total: 0, unread: [expect.stringContaining('service-catalog.yaml')] })
  }))
})

describe('vendors’ pages', () => {
  const vendorPage = '# Error reference\n\nPGRST301 means that the JWT could not be verified.\n'
  const open = (vendorPages: string[]) => openLabWorker(docsWorker, ({ services }) => DocsConnection.parse({ baseUrl: services.docs.url, token: services.docs.token, vendorPages: vendorPages.map((path) => `${services.docs.url}/${path}`) }),
    (world) => ({ ...world, docs: { ...world.docs, 'vendor/rest-errors.md': vendorPage } }))

  it('are searched apart, with the day they were read and a link', async () => {
    const docs = await open(['vendor/rest-errors.md'])
    const { structured, links } = await docs.call('docs_search_vendor_docs', { query: 'JWT verified' })
    expect(structured).toMatchObject({ hits: [{ path: 'docs.lab/vendor/rest-errors.md', kind: 'vendor', date: '2026-03-12' }] })
    expect(links).toEqual([{ title: 'Error reference', url: 'http://docs.lab/vendor/rest-errors.md' }])
    expect((await docs.call('docs_lookup_error_code', { code: 'pgrst301' })).structured).toMatchObject({ hits: [{ kind: 'vendor' }] })
    await docs.close()
  })

  it('are no others than those allowed, and one that is gone costs nothing but itself', async () => {
    const docs = await open(['vendor/gone.md'])
    expect((await docs.call('docs_search_vendor_docs', { query: 'JWT verified' })).signals).toMatchObject([{ kind: 'absence' }])
    expect((await docs.call('docs_list_sources')).structured).toMatchObject({ unread: [expect.stringMatching(/gone\.md: .*404/)], pages: expect.arrayContaining([expect.objectContaining({ kind: 'runbook' })]) })
    expect(docs.lab.recorder.requests.map(({ path }) => path)).not.toContain('/vendor/rest-errors.md')
    await docs.close()
  })

  it('must be https addresses', () => {
    expect(DocsConnection.safeParse({ vendorPages: ['http://vendor.example/a.md'] }).success).toBe(false)
    expect(DocsConnection.safeParse({ vendorPages: ['https://vendor.example/a.md'] }).success).toBe(true)
  })
})

describe('the index', () => {
  it('is kept between starts, and made anew when the documents change', async () => {
    const indexDirectory = await mkdtemp(join(tmpdir(), 'docs-index-'))
    const hits = async (pages: Record<string, string>, webUrl: string): Promise<unknown> => {
      const docs = await openLabWorker(docsWorker, () => DocsConnection.parse({ pages, indexDirectory, webUrl }))
      const { structured } = await docs.call('docs_search_runbooks', { query: 'queue' })
      await docs.close()
      return structured
    }
    const pages = { 'runbooks/queue.md': runbook }
    expect(await hits(pages, 'https://one.example')).toMatchObject({ hits: [{ path: 'runbooks/queue.md' }, { path: 'runbooks/queue.md' }] })
    const [kept = ''] = await readdir(indexDirectory)
    // The kept index loses its words, so that a search that finds nothing has read it.
    const index = JSON.parse(await readFile(join(indexDirectory, kept), 'utf8')) as Record<string, unknown>
    await writeFile(join(indexDirectory, kept), JSON.stringify({ ...index, index: [] }))
    expect(await hits(pages, 'https://two.example')).toEqual({ hits: [] })
    expect(await hits({ ...pages, 'new.md': '# New\n\nSomething else.\n' }, 'https://two.example')).toMatchObject({ hits: [{ path: 'runbooks/queue.md' }, { path: 'runbooks/queue.md' }] })
    expect(await readdir(indexDirectory)).not.toContain(kept)
    await rm(indexDirectory, { recursive: true })
  })
})
