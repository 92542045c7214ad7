import { describe, expect, test } from 'vitest'
import { plainFields } from '../../../../workers/railway/plain-fields.ts'

const told = (document: unknown, most = 50) => plainFields(document, most).map(({ path, value }) => `${path.join('.')}=${value}`)

describe('plainFields', () => {
  test('gives the leaves in the order of the document, a list as one', () => {
    expect(told({ deploy: { numReplicas: 3, regions: ['a', 'b'], sleep: false }, name: 'api' })).toEqual(['deploy.numReplicas=3', 'deploy.regions=["a","b"]', 'deploy.sleep=false', 'name=api'])
  })

  test.each([
    [{ variables: { A: { value: 'hidden' }, B: null, C: 'hidden' } }, ['variables.A=set', 'variables.B=removed', 'variables.C=set']],
    [{ sharedVariables: { A: { value: { deep: 'hidden' } } } }, ['sharedVariables.A=set']],
    [{ name: 'A', value: 'hidden', oldValue: 'hidden' }, ['name=A', 'value=set', 'oldValue=set']],
    [{ registry: { password: 'hidden', user: 'ci' } }, ['registry.password=set', 'registry.user=ci']],
  ])('never shows the value of a variable or a secret: %j', (document, expected) => {
    expect(told(document)).toEqual(expected)
  })

  test('ends where it is told to, and with a document that is none', () => {
    expect(told({ a: 1, b: 2, c: 3 }, 2)).toEqual(['a=1', 'b=2'])
    expect([told(null), told('text'), told([])]).toEqual([[], [], []])
  })
})
