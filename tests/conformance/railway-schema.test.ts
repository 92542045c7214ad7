import { existsSync, readFileSync } from 'node:fs'
import { buildClientSchema, buildSchema, findBreakingChanges, Kind, parse, print, validate, type IntrospectionQuery } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createLab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'

const specs = new URL('../../../shared/specs/', import.meta.url)
const introspection = new URL('railway-schema.json', specs)
const queries = new URL('railway-queries.graphql', specs)
const present = existsSync(introspection) && existsSync(queries)

/** Values for the variables of the specification's queries, drawn from the fixture world. */
const given: Record<string, unknown> = {
  e: 'd6e4a9b6-646c-42fc-88ba-a6dd6150d1f7', s: 'f209672a-3e01-4941-88ff-550dfdf277a9', p: '4dc844ab-ccfc-4d13-8d08-7c1c7fcec557',
  start: '2026-03-12T09:30:00Z', end: '2026-03-12T10:30:00Z', m: ['CPU_USAGE', 'MEMORY_USAGE_GB'], input: { projectId: '4dc844ab-ccfc-4d13-8d08-7c1c7fcec557' },
}
const ids: Record<string, string> = { get_project: '4dc844ab-ccfc-4d13-8d08-7c1c7fcec557', environment_status: 'd6e4a9b6-646c-42fc-88ba-a6dd6150d1f7' }
const deployment = 'bcdb1725-801f-4baa-8736-bdb60623a815'

/** The published schema and the queries written against it. */
function readSpecification() {
  const parsed = JSON.parse(readFileSync(introspection, 'utf8')) as { data?: IntrospectionQuery } & IntrospectionQuery
  const operations = parse(readFileSync(queries, 'utf8')).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  return { published: buildClientSchema(parsed.data ?? parsed), operations }
}

if (present) {
  describe('Railway\'s published schema', () => {
    const served = buildSchema(readFileSync(new URL('../../training/lab/railway/schema.graphql', import.meta.url), 'utf8'))

    it('holds everything the lab serves', () => {
      // Going from the lab's schema to the published one only adds: nothing the lab serves is missing or different there.
      const changes = findBreakingChanges(served, readSpecification().published).filter(({ type }) => !type.startsWith('DIRECTIVE_'))
      expect(changes).toEqual([])
    })

    it('has 23 queries written against it, and the lab answers each without an error', async () => {
      const lab = createLab(await loadWorld('tests/fixtures/world'))
      const failures: unknown[] = []
      const { operations } = readSpecification()
      for (const operation of operations) {
        const document = { kind: Kind.DOCUMENT, definitions: [operation] } as const
        const name = operation.name?.value ?? ''
        failures.push(...validate(served, document))
        const response = await lab.fetch(`${lab.services.railway.url}/graphql/v2`, {
          method: 'POST',
          headers: { authorization: `Bearer ${lab.services.railway.token}` },
          body: JSON.stringify({ query: print(document), variables: { ...given, id: ids[name] ?? deployment } }),
        })
        const answer = (await response.json()) as { data?: Record<string, unknown>; errors?: unknown[] }
        if (answer.errors || Object.values(answer.data ?? { nothing: null }).includes(null)) failures.push({ name, ...answer })
      }
      expect(failures).toEqual([])
      expect(operations).toHaveLength(23)
    })
  })
} else {
  it(`is not compared with Railway's schema here: there is no ${introspection.pathname}`, () => {
    expect(present).toBe(false)
  })
}
