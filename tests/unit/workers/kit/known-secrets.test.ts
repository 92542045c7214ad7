import { describe, expect, it } from 'vitest'
import { lastLines } from '../../../../workers/kit/plain-text.ts'
import { createRedactor } from '../../../../workers/kit/redact.ts'
import { secretsOfAllKinds } from '../../../fixtures/secret-kinds.ts'

/** A key that only the word before it gives away. */
const secret = secretsOfAllKinds('known').find(({ kind }) => kind === 'an API key header') ?? { text: '', core: '' }

describe('a secret met once', () => {
  const met = () => {
    const redactor = createRedactor()
    redactor.notice(JSON.stringify({ headers: secret.text }))
    return redactor
  }

  it('is unknown without what stands before it until then', () => {
    expect(createRedactor().text(`seen ${secret.core} again`)).toContain(secret.core)
  })

  it('is hidden wherever it stands as a word', () => {
    expect(met().text(`seen ${secret.core}, /path/${secret.core}/x and "${secret.core}"`)).toBe('seen [secret:authorization:1], /path/[secret:authorization:1]/x and "[secret:authorization:1]"')
  })

  it('is hidden where a piece of it was picked out of a text, and other ids are not', () => {
    const other = '5f1e0d7c9b3a48e6a2c4d8f0b6e13579'
    expect(met().picked([{ kind: 'identifier', value: secret.core.slice(4, 28) }, { kind: 'trace', value: other }, { kind: 'service', value: 'quote-api' }])).toEqual([
      { kind: 'identifier', value: '[secret:authorization:1]' }, { kind: 'trace', value: other }, { kind: 'service', value: 'quote-api' },
    ])
  })

  it('is hidden where a long text was cut through it, at either end', () => {
    const words = 'so it went on. '.repeat(10)
    expect(met().text(`${words}${secret.core.slice(0, 20)}`)).toBe(`${words}[secret:authorization:1]`)
    expect(met().text(`${secret.core.slice(12)} ${words}`)).toBe(`[secret:authorization:1] ${words}`)
    expect(met().text(`${words}release-2026-03`)).toBe(`${words}release-2026-03`)
  })

  it('does not blot out an ordinary word that was a password', () => {
    const redactor = createRedactor()
    redactor.notice('postgres://postgres:postgres@localhost/postgres')
    expect(redactor.text('role postgres on database postgres')).toBe('role postgres on database postgres')
  })

  it('is found in lists of names and values', () => {
    const redactor = createRedactor()
    expect(redactor.json({ headers: [['X-Api-Key', secret.core], ['Accept', 'text/html']], vars: [{ key: 'db_password', value: 'hunter2' }], columns: ['password', 'email'] })).toEqual({
      headers: [['X-Api-Key', '[secret:secret:1]'], ['Accept', 'text/html']], vars: [{ key: 'db_password', value: '[secret:password:1]' }], columns: ['password', 'email'],
    })
    expect(redactor.text(`query [["limit","5"],["api_key","${secret.core}"]]`)).toBe('query [["limit","5"],["api_key","[secret:secret:1]"]]')
  })
})

describe('lastLines', () => {
  it.each([
    ['one\ntwo\nthree', 100, 'one\ntwo\nthree'], ['one\ntwo\nthree', 9, 'two\nthree'], ['one\ntwo\nthree', 8, 'three'], ['one long line', 4, ''],
  ])('keeps whole lines of %j in %i characters', (text, most, expected) => {
    expect(lastLines(text, most)).toBe(expected)
  })
})
