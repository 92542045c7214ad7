import { describe, expect, it } from 'vitest'
import { checkDocs } from '../../scripts/check-docs.ts'

const CONTRACT = '/** Adds two numbers and returns the sum. */'

/** The names of exported functions without a contract, from a file with this text. */
function undocumented(text: string): string[] {
  return checkDocs({ path: 'src/core/toy.ts', text }).map(({ message }) => message.split(' has no')[0] ?? '')
}

describe('the contract of an exported function', () => {
  it.each([
    ['a declaration', 'export function add() {}', 'add'],
    ['an async generator', 'export async function* add() {}', 'add'],
    ['an arrow constant', 'export const add = () => 1', 'add'],
    ['a function constant', 'export const add = function () {}', 'add'],
    ['a default export', 'export default function add() {}', 'the default export'],
    ['an export list', 'function add() {}\nexport { add }', 'add'],
    ['a line comment', '// Adds two numbers and returns the sum.\nexport function add() {}', 'add'],
    ['a plain block comment', '/* Adds two numbers and returns it. */\nexport function add() {}', 'add'],
    ['an empty contract', '/** Adds. */\nexport function add() {}', 'add'],
    ['a contract of something else', `${CONTRACT}\nconst one = 1\nexport function add() {}`, 'add'],
  ])('is missed on %s', (_, text, name) => {
    expect(undocumented(text)).toEqual([name])
  })

  it.each([
    ['a declaration', `${CONTRACT}\nexport function add() {}`],
    ['an arrow constant', `${CONTRACT}\nexport const add = () => 1`],
    ['an export list', `${CONTRACT}\nfunction add() {}\nexport { add }`],
    ['a function nobody exports', 'function add() {}\nexport const one = 1'],
    ['a constant that is no function', 'export const one = 1'],
    ['a type', 'export type Add = () => number'],
  ])('is not asked of, or found on, %s', (_, text) => {
    expect(undocumented(text)).toEqual([])
  })

  it('is asked for on the right line', () => {
    const text = 'const one = 1\n\nexport function add() {}'
    expect(checkDocs({ path: 'src/core/toy.ts', text })).toEqual([expect.objectContaining({ line: 3 })])
  })
})
