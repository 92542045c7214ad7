import { describe, expect, it } from 'vitest'
import { keyAmong } from '../../../../src/adapters/models/local/keys.ts'
import { linkedKeys } from '../../../../src/adapters/models/local/links.ts'
import { factsOf } from '../../../../src/adapters/models/local/signal-facts.ts'
import { entity, remember, signal, thingOf } from '../../../fixtures/local-memory.ts'

const [pull, portal, model] = [entity('pull_request', '#42'), entity('repository', 'mill/portal'), entity('repository', 'mill/model')]
const [first, second] = [entity('commit', 'a1'.repeat(20)), entity('commit', 'b2'.repeat(20))]

describe('the key of a pull request', () => {
  it('is of the one repository that is named with it', () => {
    expect(keyAmong(pull, [pull, portal])).not.toBe(keyAmong(pull, [pull, model]))
    expect(keyAmong(entity('branch', 'fix'), [portal])).not.toBe(keyAmong(entity('branch', 'fix'), [model]))
  })

  it('says no repository where none or several are named', () => {
    expect(keyAmong(pull, [pull])).toBe(keyAmong(pull, [pull, portal, model]))
  })

  it('is one with the commit it was merged as, whatever another repository calls by its number', () => {
    const memory = remember([
      signal('change', 'Pull request #42 of portal merged as a1', [pull, portal, first]),
      signal('change', 'Pull request #42 of model merged as b2', [pull, model, second]),
      signal('change', '#42 src/texts.js: + a line', [pull, portal]),
    ])
    expect(thingOf(memory, first).naming.map(({ signal: { text } }) => text)).toEqual(['Pull request #42 of portal merged as a1', '#42 src/texts.js: + a line'])
    expect(thingOf(memory, second).naming).toHaveLength(1)
  })

  it('follows from no text that could mean several', () => {
    const facts = factsOf(signal('change', 'went live: fix it (#42)', []))
    expect(linkedKeys(facts, new Map([['#42', ['pull_request:#42 of mill/portal']]]))).toHaveLength(1)
    expect(linkedKeys(facts, new Map([['#42', ['pull_request:#42 of mill/portal', 'pull_request:#42 of mill/model']]]))).toHaveLength(0)
  })
})
