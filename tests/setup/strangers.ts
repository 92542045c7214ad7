import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { z } from 'zod'

/** Where the clients nobody here wrote are pinned. */
const pinned = resolve(import.meta.dirname, '../conformance')
/** Where they are installed: out of the way of the tests, whose own imports must not find these packages' versions. */
const home = resolve(import.meta.dirname, '../artifacts/strangers')
const modules = join(home, 'node_modules')
/** Holds the lock that was installed last; npm's own hidden lock is written even when an install did not finish. */
const stamp = join(modules, '.installed-lock.json')
const installParameters = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']

const Manifest = z.object({ bin: z.union([z.string(), z.record(z.string(), z.string())]) })

function wantedLock(): string {
  return readFileSync(join(pinned, 'package-lock.json'), 'utf8')
}

function isInstalled(): boolean {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wantedLock()
}

/** The environment of a program that must find this Node first on its path, and nothing of this terminal's settings but what is named. */
export function strangerEnvironment(additions: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter), ...additions }
}

/**
 * Makes sure the clients of tests/conformance/package.json are installed as its lock has them, under the Node this runs on
 * (several of them refuse an older one). Their install scripts do not run. Throws, naming the command, when npm fails.
 */
export function ensureStrangers(): void {
  if (isInstalled()) return
  console.log('The conformance tests run other people\'s clients against the lab: installing them in tests/artifacts/strangers (no part of the product).')
  mkdirSync(home, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(pinned, file), join(home, file))
  const { status } = spawnSync('npm', installParameters, {
    cwd: home, env: { ...process.env, ...strangerEnvironment() }, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`The clients of the conformance tests could not be installed (npm's reason is printed above). Run, and read what it says:\n\n  cd ${home} && npm ${installParameters.join(' ')}\n`)
  writeFileSync(stamp, wantedLock())
}

/** Throws, naming the command, when the clients are not installed as the lock has them. `npm test` sees to it before the tests start. */
export function assertInstalled(): void {
  if (!isInstalled()) throw new Error('The clients of the conformance tests are not installed, or not in the versions of their lock. Run: node tests/setup/strangers.ts')
}

function manifest(packageName: string): z.infer<typeof Manifest> {
  return Manifest.parse(JSON.parse(readFileSync(join(modules, packageName, 'package.json'), 'utf8')))
}

/**
 * The JavaScript file behind a command of a stranger's package, absolute, to be run by Node. Throws when the package is not
 * installed (`npm test` installs it) or has no such command.
 */
export function strangerScript(packageName: string, command: string): string {
  const { bin } = manifest(packageName)
  const path = typeof bin === 'string' ? bin : bin[command]
  if (path === undefined) throw new Error(`${packageName} has no command ${command}`)
  return join(modules, packageName, path)
}

/** A program inside a stranger's package, absolute; undefined where the package has none for this platform. */
export function strangerProgram(packageName: string, path: string): string | undefined {
  const program = join(modules, packageName, path)
  return existsSync(program) ? program : undefined
}

// Not `import.meta.main`: the launcher imports this file when the outer Node is new enough to read it.
if (process.argv[1] === import.meta.filename) {
  try {
    ensureStrangers()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
