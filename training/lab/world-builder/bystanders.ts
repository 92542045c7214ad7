import type { FrameAct } from './sentry.ts'
import type { ServiceSpec } from './service-record.ts'

/** A service that has nothing to do with the story: it serves, prints, and has one old harmless issue. */
export interface Bystander {
  readonly spec: ServiceSpec
  readonly lines: readonly string[]
  readonly paths: readonly string[]
  readonly issue: {
    readonly type: string
    readonly value: string
    readonly where: string
    readonly level: 'warning' | 'error'
    readonly frames: readonly FrameAct[]
  }
}

const server = (routes: string): string => `import { createServer } from './http.js'\n${routes}\nawait createServer().listen(8080)\n`

export const bystanders: readonly Bystander[] = [
  {
    spec: {
      name: 'search-api',
      description: 'Full-text search over the catalogue.',
      runs: 'railway',
      files: {
        'src/server.js': server("import { search } from './search.js'"),
        'src/search.js':
          'const MAX_TERMS = 12\n\nexport async function search(index, text) {\n  const terms = text.trim().split(/\\s+/)\n  if (terms.length > MAX_TERMS) throw new RangeError(`query has ${terms.length} terms, at most ${MAX_TERMS}`)\n  return index.query(terms)\n}\n',
      },
    },
    lines: [
      'query ok terms=3 hits=41 took=18ms',
      'query ok terms=1 hits=260 took=9ms',
      'index refreshed segments=7',
      'slow query terms=9 took=612ms',
    ],
    paths: ['/search?q=lamp', '/search?q=oak+table', '/suggest?q=la'],
    issue: {
      type: 'RangeError',
      value: 'query has 19 terms, at most 12',
      where: 'GET /search',
      level: 'warning',
      frames: [{ file: 'src/search.js', line: 'throw new RangeError', fn: 'search' }],
    },
  },
  {
    spec: {
      name: 'media-resizer',
      description: 'Makes thumbnails of uploaded pictures.',
      runs: 'railway',
      files: {
        'src/server.js': server("import { resize } from './resize.js'"),
        'src/resize.js':
          "import sharp from 'sharp'\n\nexport async function resize(buffer, width) {\n  const image = sharp(buffer, { failOn: 'truncated' })\n  return image.resize({ width }).webp({ quality: 82 }).toBuffer()\n}\n",
      },
    },
    lines: ['resized 1280x720 -> 320 in 41ms', 'resized 4032x3024 -> 640 in 233ms', 'cache hit key=thumb', 'skipped: already webp'],
    paths: ['/thumb/:id?w=320', '/thumb/:id?w=640'],
    issue: {
      type: 'Error',
      value: 'VipsJpeg: Premature end of input file',
      where: 'GET /thumb/:id',
      level: 'error',
      frames: [
        { file: 'src/resize.js', line: 'return image.resize', fn: 'resize' },
        { library: 'node_modules/sharp/lib/output.js', fn: 'Sharp.toBuffer', at: 163 },
      ],
    },
  },
  {
    spec: {
      name: 'storefront',
      description: 'The shop as customers see it.',
      runs: 'railway',
      files: {
        'src/server.js': server("import { page } from './page.js'"),
        'src/page.js':
          'export function page(product) {\n  const price = product.price.amount / 100\n  return `<h1>${product.name}</h1><p>${price.toFixed(2)}</p>`\n}\n',
      },
    },
    lines: ['rendered /p/lamp-oak in 22ms', 'rendered / in 31ms', 'cache revalidated /collections/new', 'bot request served from cache'],
    paths: ['/', '/p/:id', '/collections/new'],
    issue: {
      type: 'TypeError',
      value: "Cannot read properties of undefined (reading 'amount')",
      where: 'GET /p/:slug',
      level: 'error',
      frames: [{ file: 'src/page.js', line: 'product.price.amount', fn: 'page' }],
    },
  },
  {
    spec: {
      name: 'email-sender',
      description: 'Sends transactional mail.',
      runs: 'kubernetes',
      namespace: 'messaging',
      files: {
        'src/server.js': server("import { send } from './send.js'"),
        'src/send.js':
          'export async function send(transport, mail) {\n  const result = await transport.deliver(mail)\n  if (result.deferred) throw new Error(`mailbox deferred: ${result.code}`)\n  return result.id\n}\n',
      },
    },
    lines: [
      'sent template=receipt took=210ms',
      'sent template=welcome took=180ms',
      'deferred code=452 retry in 300s',
      'sent template=receipt took=195ms',
    ],
    paths: ['/v1/send'],
    issue: {
      type: 'Error',
      value: 'mailbox deferred: 452',
      where: 'send',
      level: 'warning',
      frames: [{ file: 'src/send.js', line: 'throw new Error', fn: 'send' }],
    },
  },
  {
    spec: {
      name: 'stock-sync',
      description: 'Copies stock levels from the warehouses.',
      runs: 'kubernetes',
      namespace: 'logistics',
      replicas: 1,
      files: {
        'src/server.js': server("import { sync } from './sync.js'"),
        'src/sync.js':
          'export async function sync(warehouse, store) {\n  const levels = await warehouse.levels()\n  for (const level of levels) {\n    if (level.count < 0) throw new Error(`negative stock for ${level.sku}`)\n    await store.put(level)\n  }\n}\n',
      },
    },
    lines: [
      'sync done warehouse=north rows=1840',
      'sync done warehouse=south rows=922',
      'Abgleich fertig lager=süd zeilen=922',
      'sync started warehouse=north',
      'warehouse clock is 3s ahead of ours',
    ],
    paths: ['/sync'],
    issue: {
      type: 'Error',
      value: 'negative stock for SKU-20418',
      where: 'sync',
      level: 'error',
      frames: [{ file: 'src/sync.js', line: 'throw new Error', fn: 'sync' }],
    },
  },
  {
    spec: {
      name: 'price-feed',
      description: "Serves prices with the day's exchange rates.",
      runs: 'kubernetes',
      namespace: 'catalog',
      files: {
        'src/server.js': server("import { rate } from './rates.js'"),
        'src/rates.js':
          'const STALE_AFTER_MS = 86_400_000\n\nexport function rate(rates, currency, now) {\n  const found = rates.get(currency)\n  if (!found || now - found.at > STALE_AFTER_MS) throw new Error(`no fresh rate for ${currency}`)\n  return found.value\n}\n',
      },
    },
    lines: ['rates refreshed currencies=31', 'GET /v1/prices 200 14ms', 'GET /v1/prices 200 11ms', 'rates source answered in 402ms'],
    paths: ['/v1/prices', '/v1/prices/:id'],
    issue: {
      type: 'Error',
      value: 'no fresh rate for ISK',
      where: 'GET /v1/prices',
      level: 'warning',
      frames: [{ file: 'src/rates.js', line: 'no fresh rate', fn: 'rate' }],
    },
  },
]
