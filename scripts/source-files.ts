import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** The repository's root, absolute. */
export const root = resolve(import.meta.dirname, '..')

/** One TypeScript file: its path from the root with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** A breach of a rule at a place, with what to do about it. */
export interface Problem {
  readonly path: string
  readonly line: number
  readonly message: string
}

const FOLDERS = ['src', 'workers', 'training', 'tasks', 'tests', 'scripts']
const IGNORED = ['**/node_modules/**', 'tests/artifacts/**', 'tasks/*/world/**']

/** Every TypeScript file of the house, sorted by path. */
export function readSourceFiles(): SourceFile[] {
  const patterns = ['*.ts', ...FOLDERS.map((folder) => `${folder}/**/*.ts`)]
  return globSync(patterns, { cwd: root, exclude: IGNORED })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(resolve(root, path), 'utf8') }))
}

/** The 1-based line of a character offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** Prints the problems as `path:line message` and sets the exit code; says how much was looked at when there are none. */
export function reportProblems(problems: readonly Problem[], clean: string): void {
  for (const { path, line, message } of problems) console.error(`${path}:${line}  ${message}`)
  if (problems.length > 0) process.exitCode = 1
  else console.log(clean)
}
