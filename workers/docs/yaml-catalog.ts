import type { ListedService } from './markdown.ts'

type Fields = Readonly<Record<string, unknown>>

/** Keys under which a file lists services, and keys that name one. */
const LISTS = ['services', 'components', 'applications', 'apps', 'systems']
const NAMES = ['name', 'service', 'id', 'slug', 'key']

/** Backstage's annotations that say where the code is: https://backstage.io/docs/features/software-catalog/well-known-annotations */
const REPOSITORY_ANNOTATIONS = ['github.com/project-slug', 'backstage.io/source-location', 'gitlab.com/project-slug']

/**
 * The services that parsed YAML documents list: Backstage entities (`kind: Component` …), a list or a map under `services:` and the
 * like, or a bare list. `text` is the file, for the lines. Empty where it is YAML of another kind.
 */
export function yamlServices(documents: readonly unknown[], text: string): ListedService[] {
  const lines = text.split(/\r?\n/)
  return documents.flatMap(servicesOf).map(({ service, fields }) => ({ service, fields, line: lineOf(service, lines) })).sort((a, b) => a.line - b.line)
}

function servicesOf(document: unknown): { service: string; fields: Record<string, string> }[] {
  if (Array.isArray(document)) return document.flatMap((item) => named(item))
  if (!isFields(document)) return []
  const metadata = document['metadata']
  if (typeof document['kind'] === 'string' && isFields(metadata)) return typeof metadata['name'] === 'string' ? [{ service: metadata['name'], fields: entityFields(document['kind'], metadata, document['spec']) }] : []
  const list = LISTS.map((key) => document[key]).find((value) => value !== undefined)
  if (Array.isArray(list)) return list.flatMap((item) => named(item))
  if (isFields(list)) return Object.entries(list).flatMap(([service, item]) => (isFields(item) ? [{ service, fields: plainFields(item) }] : []))
  return []
}

function named(item: unknown): { service: string; fields: Record<string, string> }[] {
  if (!isFields(item)) return []
  const key = NAMES.find((candidate) => typeof item[candidate] === 'string')
  if (key === undefined) return []
  const { [key]: name, ...rest } = item
  return [{ service: String(name), fields: plainFields(rest) }]
}

function entityFields(kind: string, metadata: Fields, spec: unknown): Record<string, string> {
  const annotations = isFields(metadata['annotations']) ? metadata['annotations'] : {}
  const repository = REPOSITORY_ANNOTATIONS.map((key) => annotations[key]).find((value): value is string => typeof value === 'string')
  const fields = plainFields({
    kind, ...(isFields(spec) ? spec : {}), description: metadata['description'], tags: metadata['tags'],
    links: Array.isArray(metadata['links']) ? metadata['links'].flatMap((link: unknown) => (isFields(link) ? [link['url']] : [])) : undefined,
  })
  return repository === undefined ? fields : { ...fields, repository: repository.replace(/^url:/, '') }
}

/** Scalars and lists of scalars as text, by their key in words (`dependsOn` → `depends on`); one level of nesting is kept. */
function plainFields(item: Fields, prefix = ''): Record<string, string> {
  return Object.assign({}, ...Object.entries(item).map(([key, value]): Record<string, string> => {
    const name = `${prefix}${key.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[_-]/g, ' ').toLowerCase()}`
    if (Array.isArray(value)) {
      const parts = value.flatMap((part: unknown) => (isFields(part) ? NAMES.flatMap((candidate) => part[candidate] ?? []).slice(0, 1) : [part])).filter(isScalar).map(plainText)
      return parts.length > 0 ? { [name]: parts.join(', ') } : {}
    }
    if (isScalar(value)) return { [name]: plainText(value) }
    return isFields(value) && prefix === '' ? plainFields(value, `${name} `) : {}
  })) as Record<string, string>
}

/** A reference such as `component:default/quotes-db` is about `quotes-db`. */
function plainText(value: string | number | boolean): string {
  return String(value).replace(/^(?:component|resource|api|system|group|user|domain):(?:[\w-]+\/)?/i, '').trim()
}

function lineOf(service: string, lines: readonly string[]): number {
  const escaped = service.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const line = new RegExp(String.raw`^\s*(?:-\s+)?(?:(?:${NAMES.join('|')})\s*:\s*["']?${escaped}["']?\s*(?:#.*)?$|["']?${escaped}["']?\s*:)`)
  return Math.max(0, lines.findIndex((candidate) => line.test(candidate))) + 1
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
