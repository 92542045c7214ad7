import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type CallExpression, type MemberExpression, type Node, parseSync, Visitor } from 'oxc-parser'
import { lineAt, type Problem, readSourceFiles, reportProblems, root, type SourceFile } from './source-files.ts'

const FUNCTION_LINES = 60
const TITLED = new Set(['describe', 'it', 'test'])
const SWITCHES = new Set(['skip', 'only', 'todo', 'skipIf', 'runIf', 'fails'])
/** What tests call the context they are handed. */
const CONTEXTS = new Set(['context', 'ctx', 't'])
const MOCKERS = new Set(['vi', 'jest'])
const MODULE_MOCKS = new Set(['mock', 'doMock', 'unstable_mockModule'])

/** Absolute paths of the machines this is written on. */
const MACHINE_PATH = /(?<![\w.])\/(?:work|tmp\/foreman)\//g
const INLINE_WAIVER = /(?:ox|es)lint-disable|@ts-(?:ignore|nocheck)/g

/**
 * Holds a test file against the house's rules: fakes speak the wire (no module mocks), every test runs, titles
 * state behaviour, functions stay on one screen (a `describe` callback only holds cases and is not measured).
 */
export function checkTests(file: SourceFile): Problem[] {
  const { program } = parseSync(file.path, file.text)
  const problems: Problem[] = []
  const add = (offset: number, message: string): void => {
    problems.push({ path: file.path, line: lineAt(file.text, offset), message })
  }
  const describeCallbacks = new Set<Node>()
  const measure = (node: Node): void => {
    if (describeCallbacks.has(node)) return
    const lines = codeLines(file.text.slice(node.start, node.end))
    if (lines > FUNCTION_LINES)
      add(
        node.start,
        `is a function of ${lines} lines (at most ${FUNCTION_LINES}): give its set-up a name and a function of its own`,
      )
  }
  new Visitor({
    CallExpression: (node) => {
      for (const message of callProblems(node)) add(node.start, message)
      const callback = node.arguments.at(-1)
      if (callback && memberNames(node.callee)[0] === 'describe') describeCallbacks.add(callback)
    },
    MemberExpression: (node) => {
      const off = switchName(node)
      if (off !== undefined) add(node.start, switchedOff(off))
    },
    ObjectPattern: (node) => {
      if (node.properties.some((property) => keyName(property) === 'skip')) add(node.start, switchedOff('skip'))
    },
    ArrowFunctionExpression: measure,
    FunctionExpression: measure,
    FunctionDeclaration: measure,
  }).visit(program)
  return problems
}

function callProblems(node: CallExpression): string[] {
  const [name = '', ...modifiers] = memberNames(node.callee)
  if (MOCKERS.has(name) && modifiers.some((method) => MODULE_MOCKS.has(method))) {
    return ['replaces a module: pass a fake in, or serve one over HTTP; fakes speak the wire']
  }
  if (!TITLED.has(name)) return []
  const problems: string[] = []
  const off = node.arguments.flatMap(optionNames).find((option) => SWITCHES.has(option))
  if (off) problems.push(switchedOff(off))
  const title = literalText(node.arguments[0])
  if (title !== undefined && /^should\b/i.test(title)) {
    problems.push(`has the title "${title}": state the behaviour in the present tense, without "should"`)
  }
  return problems
}

function switchedOff(how: string): string {
  return `switches tests by "${how}": make the test run everywhere, or delete it`
}

/** The switch in `it.skip`, called or not, and in `context.skip` of a running test; undefined for anything else. */
function switchName(node: MemberExpression): string | undefined {
  const root = memberNames(node)[0] ?? ''
  if (node.property.type !== 'Identifier') return undefined
  const { name } = node.property
  if (TITLED.has(root) && SWITCHES.has(name)) return name
  return CONTEXTS.has(root) && name === 'skip' ? name : undefined
}

/** The names of the options in an object literal, as in `it(title, { skip: true }, run)`. */
function optionNames(node: Node): string[] {
  return node.type === 'ObjectExpression' ? node.properties.flatMap((property) => keyName(property) ?? []) : []
}

function keyName(property: Node): string | undefined {
  return property.type === 'Property' && property.key.type === 'Identifier' ? property.key.name : undefined
}

/** The words of a callee from left to right: that of `it.skip.each(rows)("…")` gives it, skip, each. */
function memberNames(expression: Node): string[] {
  if (expression.type === 'Identifier') return [expression.name]
  if (expression.type === 'CallExpression') return memberNames(expression.callee)
  if (expression.type === 'TaggedTemplateExpression') return memberNames(expression.tag)
  if (expression.type !== 'MemberExpression') return []
  const name = expression.property.type === 'Identifier' ? [expression.property.name] : []
  return [...memberNames(expression.object), ...name]
}

function literalText(node: Node | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  return node?.type === 'TemplateLiteral' ? (node.quasis[0]?.value.raw ?? undefined) : undefined
}

function codeLines(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length
}

/** Places where any tracked text holds a path of one machine, or waives a rule where nobody looks for waivers. */
export function checkText(file: SourceFile): Problem[] {
  const at = (offset: number, message: string): Problem => ({
    path: file.path,
    line: lineAt(file.text, offset),
    message,
  })
  const paths = [...file.text.matchAll(MACHINE_PATH)].map(({ 0: text, index }) =>
    at(index, `contains ${text}, a path of one machine: write it relative to the repository`),
  )
  const code = /\.[cm]?[jt]s$/.test(file.path) ? file.text : ''
  const waivers = [...code.matchAll(INLINE_WAIVER)].map(({ 0: text, index }) =>
    at(index, `waives a rule inline (${text}): fix the cause, or name the file with a reason in scripts/waivers.ts`),
  )
  return [...paths, ...waivers]
}

/** The text files git tracks or would track; a tree without git has none to answer for. */
function trackedTextFiles(): SourceFile[] {
  const listing = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    { cwd: root },
  )
  return listing
    .toString()
    .split('\0')
    .filter((path) => path !== '' && !path.endsWith('package-lock.json'))
    .flatMap((path) => {
      try {
        const text = readFileSync(resolve(root, path), 'utf8')
        return text.includes('\0') ? [] : [{ path, text }]
      } catch {
        return [] // deleted in the working tree, or a directory link
      }
    })
}

if (import.meta.main) {
  const tests = readSourceFiles().filter(({ path }) => path.startsWith('tests/'))
  const tracked = trackedTextFiles()
  const problems = [...tests.flatMap(checkTests), ...tracked.flatMap(checkText)]
  reportProblems(problems, `tests: ${tests.length} test files and ${tracked.length} tracked files keep the rules`)
}
