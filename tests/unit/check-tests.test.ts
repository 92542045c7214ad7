import { describe, expect, it } from 'vitest'
import { checkTests, checkText } from '../../scripts/check-tests.ts'

function complaints(text: string): string[] {
  return checkTests({ path: 'tests/unit/toy.test.ts', text }).map(({ message }) => message)
}

/** A call of `name` as it stands in a test file; built here, so that this file breaks no rule itself. */
function call(name: string, title = 'adds two numbers'): string {
  return `${name}('${title}', () => {})`
}

function mock(runner: string, method: string): string {
  return `${runner}.${method}('./alert.ts')`
}

describe('a test file', () => {
  it.each([
    ['a module mock', mock('vi', 'mock'), 'replaces a module'],
    ['a late module mock', mock('vi', 'doMock'), 'replaces a module'],
    ['a module mock by another name', mock('jest', 'mock'), 'replaces a module'],
    ['a skipped test', call('it.skip'), '"skip"'],
    ['a focused suite', call('describe.only'), '"only"'],
    ['a test left for later', "test.todo('adds')", '"todo"'],
    ['a test skipped by condition', "it.skipIf(true)('adds', () => {})", '"skipIf"'],
    ['a skipped table', "it.skip.each([1])('adds %s', () => {})", '"skip"'],
    ['a concurrent skipped test', call('it.concurrent.skip'), '"skip"'],
    ['a switch under another name', 'const suite = ready ? describe : describe.skip', '"skip"'],
    ['a test that skips itself', "it('adds', (context) => context.skip())", '"skip"'],
    ['a test that unpacks the switch', "it('adds', ({ skip }) => skip())", '"skip"'],
    ['a switch among the options', "it('adds', { skip: true }, () => {})", '"skip"'],
    ['a title with should', call('it', 'should add'), 'present tense'],
    ['a suite title with Should', call('describe', 'Should add'), 'present tense'],
    ['a template title with should', 'it(`should add ${1}`, () => {})', 'present tense'],
    ['a table title with should', "it.each([1])('should add %s', () => {})", 'present tense'],
    ['a long function', `it('adds', () => {\n${'  add()\n'.repeat(70)}})`, 'function of 72 lines'],
  ])('may not have %s', (_, text, words) => {
    expect(complaints(text)).toEqual([expect.stringContaining(words)])
  })

  it.each([
    ['a plain test', call('it')],
    ['a table', "it.each([1])('adds %s', () => {})"],
    ['a function that is called skip', 'const list = [1]\nlist.skip(1)'],
    ['a title with should inside', call('it', 'says what a person should do')],
    ['a long describe', `describe('adding', () => {\n${"  it('adds', () => {})\n".repeat(70)}})`],
    ['blank lines and comments', `it('adds', () => {\n${'\n  // why\n'.repeat(70)}})`],
  ])('may have %s', (_, text) => {
    expect(complaints(text)).toEqual([])
  })
})

describe('a tracked file', () => {
  const machine = ['', 'work', 'main'].join('/')

  it('may not hold a path of one machine', () => {
    expect(checkText({ path: 'README.md', text: `Run it in ${machine}.` })).toHaveLength(1)
  })

  it('may hold a web address with the same words', () => {
    expect(checkText({ path: 'README.md', text: `https://example.com${machine}` })).toEqual([])
  })

  it('may not waive a rule inline', () => {
    const text = `// ${['oxlint', 'disable', 'next-line'].join('-')} no-console\nconsole.log(1)`
    expect(checkText({ path: 'src/core/alert.ts', text })).toEqual([expect.objectContaining({ line: 1 })])
  })
})
