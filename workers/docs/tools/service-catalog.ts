import { z } from 'zod'
import type { Entity, EntityKind } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { entityField } from '../../kit/window.ts'
import { catalogEntries } from '../catalog.ts'
import type { CatalogEntry } from '../catalog.ts'
import type { DocsClient } from '../client.ts'
import { docsOperations } from '../hits.ts'

const Entry = z.object({ service: z.string(), fields: z.record(z.string(), z.string()), path: z.string(), line: z.number() })
const MOST_LISTED = 60

/** Who owns a service, where it runs, where its code is, what it depends on and who depends on it. */
export const serviceCatalog = defineTool<DocsClient>()({
  name: 'docs_service_catalog',
  title: 'Look up the service catalogue',
  useWhen: 'Use when you need a service’s owner, repository, platform, dependencies or dependants.',
  input: z.object({ service: entityField('service', 'Name, or part of it; all if absent').optional() }),
  output: z.object({ services: z.array(Entry), dependants: z.array(Entry) }),
  operations: docsOperations,
  run: async (args, { client }) => {
    const library = await client.library()
    const all = catalogEntries(library)
    const wanted = args.service?.toLowerCase()
    const named = wanted === undefined ? all : all.filter(({ service }) => service.toLowerCase() === wanted)
    const services = (named.length > 0 || wanted === undefined ? named : all.filter(({ service }) => service.toLowerCase().includes(wanted))).slice(0, MOST_LISTED)
    const dependants = wanted === undefined ? [] : all.filter((entry) => !services.includes(entry) && Object.values(entry.fields).some((value) => mentions(value, wanted)))
    const about = services.flatMap(entryEntities)
    const unread = library.problems.map((problem) => ` ${problem}.`).join('')
    const unknown = `The service catalogue has no ${args.service ?? 'services'}${all.length === 0 ? '' : `; it lists ${all.map(({ service }) => service).slice(0, 30).join(', ')}`}.${unread}`
    return {
      structured: { services, dependants },
      text: services.length === 0 ? unknown : [...services.map(entryText), ...(dependants.length > 0 ? ['Mentioned by:', ...dependants.map(entryText)] : [])].join('\n'),
      entities: [...about, ...dependants.flatMap(entryEntities)],
      signals: services.length === 0
        ? [makeSignal('absence', 1, unknown, args.service === undefined ? {} : { about: [{ kind: 'service', value: args.service }] })]
        : wanted === undefined ? [] : [...services, ...dependants].slice(0, 8).map((entry) => makeSignal('knowledge', services.includes(entry) ? 1 : 0, entryText(entry), { about: entryEntities(entry), says: Object.values(entry.fields).join('; ') })),
      truncated: wanted === undefined && all.length > MOST_LISTED,
    }
  },
})

function mentions(value: string, name: string): boolean {
  return value.toLowerCase().split(/[^\w-]+/).includes(name)
}

function entryText({ service, fields, path, line }: CatalogEntry): string {
  return `${service}: ${Object.entries(fields).map(([key, value]) => `${key}: ${value}`).join(' | ')} (${path}:${line})`
}

const COLUMN_KINDS: readonly [RegExp, EntityKind][] = [[/repo/, 'repository'], [/depend|upstream|downstream/, 'service'], [/owner|team|contact/, 'user']]

function entryEntities({ service, fields, path }: CatalogEntry): Entity[] {
  const told = Object.entries(fields).flatMap(([key, value]): Entity[] => {
    const kind = COLUMN_KINDS.find(([pattern]) => pattern.test(key))?.[1]
    return kind === undefined ? [] : value.split(/[,;]\s*/).filter((part) => part !== '').map((part) => ({ kind, value: part }))
  })
  return [{ kind: 'service', value: service }, ...told, { kind: 'document', value: path }]
}
