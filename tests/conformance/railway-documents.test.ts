import { existsSync, readFileSync } from 'node:fs'
import { buildClientSchema, buildSchema, type GraphQLSchema, type IntrospectionQuery, Kind, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { documents } from '../../workers/railway/documents.ts'

const introspection = new URL('../../../shared/specs/railway-schema.json', import.meta.url)
const published = existsSync(introspection)

function schema(): GraphQLSchema {
  if (!published) return buildSchema(readFileSync(new URL('../../training/lab/railway/schema.graphql', import.meta.url), 'utf8'))
  const parsed = JSON.parse(readFileSync(introspection, 'utf8')) as { data?: IntrospectionQuery } & IntrospectionQuery
  return buildClientSchema(parsed.data ?? parsed)
}

// Without the published schema the lab's part of it stands in; railway-schema.test.ts holds the two together.
describe(`the Railway worker's documents, on ${published ? 'the published schema' : 'the lab’s schema (the published one is not on this machine)'}`, () => {
  const against = schema()

  test.each(Object.entries(documents))('%s is valid, a single query and bears its own name', (name, document) => {
    const parsed = parse(document)
    expect(validate(against, parsed).map(({ message }) => message)).toEqual([])
    expect(parsed.definitions).toMatchObject([{ kind: Kind.OPERATION_DEFINITION, operation: 'query', name: { value: name } }])
  })
})
