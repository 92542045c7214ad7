import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { root } from './source-files.ts'

/** One rule of the house: the command that checks it, and what to do when it complains. */
interface Check {
  readonly command: readonly string[]
  readonly remedy: string
}

const checks: Readonly<Record<string, Check>> = {
  types: {
    command: ['tsc', '-p', '.'],
    remedy: 'Fix the types where they are wrong; parse what comes from outside with a schema instead of casting it.',
  },
  lint: {
    command: ['oxlint', '--deny-warnings'],
    remedy:
      'Split what is too long, handle what is unsafe. A waiver needs a file name and a reason in scripts/waivers.ts.',
  },
  imports: {
    command: ['node', 'scripts/check-imports.ts'],
    remedy: 'The table of who may import whom is scripts/import-rules.ts; ARCHITECTURE.md says why.',
  },
  unused: {
    command: ['knip', '--no-progress'],
    remedy:
      'Delete what nothing uses; drop `export` where only the file itself uses it; add or remove packages in package.json.',
  },
  duplicates: {
    command: ['jscpd', '--config', '.jscpd.json', '--no-tips', '--no-colors', '.'],
    remedy: 'Give what is there twice one name and one home that both may import (scripts/import-rules.ts).',
  },
  mocks: {
    command: ['node', 'scripts/check-tests.ts'],
    remedy: 'Each line above says what to do.',
  },
  docs: {
    command: ['node', 'scripts/check-docs.ts'],
    remedy: 'One line is enough when it states the contract; the reader should not need the body.',
  },
  tasks: {
    command: ['node', 'foreman.ts', 'tasks', 'check'],
    remedy: 'tasks/README.md is the format; each problem names its task and field.',
  },
}

interface Outcome {
  readonly name: string
  readonly code: number
  readonly output: string
  readonly seconds: number
}

/** Runs one check with the installed programs first on the path; its whole output is kept until it ends. */
function run(name: string, check: Check): Promise<Outcome> {
  const [program = 'node', ...parameters] = check.command
  const path = [dirname(process.execPath), join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter)
  const env = { ...process.env, PATH: path, FORCE_COLOR: '0', NO_COLOR: '1' }
  const started = performance.now()
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    const end = (code: number): void => {
      const seconds = (performance.now() - started) / 1000
      resolve({ name, code, output: Buffer.concat(chunks).toString().trim(), seconds })
    }
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', (error) => {
      chunks.push(Buffer.from(`${program} could not be started (${error.message}). Run \`npm ci\` first.`))
      end(1)
    })
    child.on('close', (code) => end(code ?? 1))
  })
}

/** Runs the named checks, as many at once as there are cores, and prints each as it ends. */
async function runAll(names: readonly string[]): Promise<readonly Outcome[]> {
  const waiting = [...names]
  const outcomes: Outcome[] = []
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const check = checks[name]
      if (!check) continue
      const outcome = await run(name, check)
      outcomes.push(outcome)
      print(outcome, check)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return outcomes
}

function print({ name, code, output, seconds }: Outcome, { remedy }: Check): void {
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds.toFixed(1)} s`)
  if (code === 0) return
  console.log(`\n${output}\n\n→ ${remedy}\n  Again: npm run check:${name}\n`)
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in checks))
if (unknown.length > 0) {
  console.error(`No check is called ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}.`)
  process.exit(2)
}
const outcomes = await runAll(wanted.length > 0 ? wanted : Object.keys(checks))
const failed = outcomes.filter(({ code }) => code !== 0).map(({ name }) => name)
if (failed.length > 0) {
  console.log(`${failed.length} of ${outcomes.length} checks failed: ${failed.join(', ')}`)
  process.exitCode = 1
}
