import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const CONFIGURATION = ['oxlint.config.ts', 'tsconfig.json', 'package.json', 'scripts/waivers.ts']

/** Toy files, each breaking one rule of the house (or, where the rule is undefined, none), by the path it stands at. */
const toys: Readonly<Record<string, { readonly rule: string | undefined; readonly text: string }>> = {
  'src/core/any.ts': { rule: 'no-explicit-any', text: 'export const value: any = 1' },
  'src/core/flowing-any.ts': { rule: 'no-unsafe-assignment', text: "export const value = JSON.parse('1')" },
  'src/core/bang.ts': {
    rule: 'no-non-null-assertion',
    text: 'export const first = (list: string[]): string => list[0]!',
  },
  'src/core/environment.ts': { rule: 'no-restricted-properties', text: "export const value = process.env['A']" },
  'src/core/unpacked.ts': { rule: 'no-restricted-properties', text: 'export const { env } = process' },
  'src/core/process.ts': { rule: 'no-restricted-imports', text: "export { pid } from 'node:process'" },
  'src/core/output.ts': { rule: 'no-restricted-properties', text: "process.stdout.write('here')" },
  'src/core/console.ts': { rule: 'no-console', text: "console.log('here')" },
  'src/core/floating.ts': { rule: 'no-floating-promises', text: 'Promise.resolve(1)' },
  'src/core/union.ts': {
    rule: 'switch-exhaustiveness-check',
    text: "export function one(kind: 'a' | 'b'): void {\n  switch (kind) {\n    case 'a':\n      return\n  }\n}",
  },
  'src/core/long-file.ts': { rule: 'max-lines', text: `export const one = 1\n${'// a line\n'.repeat(300)}` },
  'src/core/long-function.ts': {
    rule: 'max-lines-per-function',
    text: `export function add(): void {\n${'  void 0\n'.repeat(60)}}`,
  },
  'src/config.ts': { rule: undefined, text: "export const value = process.env['A']" },
  'foreman.ts': { rule: undefined, text: "process.stdout.write('here')" },
  'src/core/commented-function.ts': {
    rule: undefined,
    text: `export function add(): void {\n${'  // why\n\n'.repeat(60)}}`,
  },
}

describe('lint', () => {
  const house = mkdtempSync(join(tmpdir(), 'foreman-lint-'))
  let complaints: readonly string[] = []

  beforeAll(() => {
    for (const file of CONFIGURATION) cpSync(join(root, file), join(house, file))
    symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'))
    for (const [path, { text }] of Object.entries(toys)) {
      mkdirSync(dirname(join(house, path)), { recursive: true })
      writeFileSync(join(house, path), `${text}\n`)
    }
    const oxlint = join(root, 'node_modules/.bin/oxlint')
    const { stdout } = spawnSync(oxlint, ['--format', 'unix', '.'], { cwd: house, encoding: 'utf8' })
    complaints = stdout.split('\n').filter((line) => line.includes('[Error/'))
  })

  afterAll(() => {
    rmSync(house, { recursive: true, force: true })
  })

  it.each(Object.entries(toys))('judges %s', (path, { rule }) => {
    const rules = complaints.filter((line) => line.startsWith(`${path}:`)).map((line) => /\(([^)]+)\)\]$/.exec(line)?.[1])
    expect(rules).toEqual(rule === undefined ? [] : [rule])
  })
})
