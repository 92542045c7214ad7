import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLab, type Lab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'

const file = new URL('../../../shared/specs/supabase-management-openapi.json', import.meta.url)
const present = existsSync(file)

type Schema = Record<string, unknown>
interface Specification {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>>
  components: { schemas: Record<string, Schema> }
}

/** A schema of OpenAPI 3.0 as JSON Schema: references followed, `nullable` spelt as a type. */
function resolved(schema: unknown, { components }: Specification): unknown {
  if (Array.isArray(schema)) return schema.map((item: unknown) => resolved(item, { components } as Specification))
  if (typeof schema !== 'object' || schema === null) return schema
  const { $ref, nullable, ...rest } = schema as Schema
  if (typeof $ref === 'string') return resolved(components.schemas[$ref.split('/').at(-1) ?? ''], { components } as Specification)
  const plain = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, resolved(value, { components } as Specification)]))
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain
}

/** Paths of the specification and where the lab's fixture world answers them. */
const paths: readonly (readonly [string, string])[] = [
  ['/v1/organizations', '/v1/organizations'],
  ['/v1/organizations/{slug}', '/v1/organizations/larkspur'],
  ['/v1/projects', '/v1/projects'],
  ...['', '/database/migrations', '/functions', '/advisors/security', '/advisors/performance', '/api-keys', '/api-keys/legacy', '/analytics/endpoints/logs'].map(
    (path) => [`/v1/projects/{ref}${path}`, `/v1/projects/larkspurquotesdbaaaa${path}`] as const,
  ),
  ['/v1/projects/{ref}/functions/{function_slug}', '/v1/projects/larkspurquotesdbaaaa/functions/notify'],
]

if (present) {
  describe('Supabase\'s OpenAPI', () => {
    const specification = JSON.parse(readFileSync(file, 'utf8')) as Specification
    let lab: Lab
    beforeAll(async () => {
      lab = createLab(await loadWorld('tests/fixtures/world'))
    })
    afterAll(() => lab.close())

    it.each(paths)('describes what the lab answers: %s', async (template, path) => {
      const { url, token } = lab.services.supabase
      const response = await lab.fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
      const schema = specification.paths[template]?.['get']?.responses['200']?.content?.['application/json']?.schema
      const answer = z.fromJSONSchema(resolved(schema, specification) as Parameters<typeof z.fromJSONSchema>[0]).safeParse(await response.json())
      expect([response.status, answer.error?.issues]).toEqual([200, undefined])
    })
  })
} else {
  it(`is not compared with Supabase's OpenAPI here: there is no ${file.pathname}`, () => {
    expect(present).toBe(false)
  })
}
