import { spawnSync } from 'node:child_process'
import { accessSync, constants, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const APT_GET = '/usr/bin/apt-get'

/** A program of the operating system that some tests start, and the Debian package that has it. */
interface SystemProgram {
  readonly name: string
  readonly usedFor: string
  readonly debianPackage: string
  /** Other names and places it may have; a `*` stands for a version. */
  readonly places: readonly string[]
  /** Folders of a library it must find, in the same package; one is enough. */
  readonly libraries?: readonly string[]
}

const programs: readonly SystemProgram[] = [
  {
    name: 'chromium',
    usedFor: 'the browser tests',
    debianPackage: 'chromium',
    places: [
      'chromium',
      'chromium-browser',
      'google-chrome',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
  },
  {
    name: 'redis-server',
    usedFor: 'the queue on a real Redis',
    debianPackage: 'redis-server',
    places: ['redis-server'],
  },
  {
    name: 'postgres',
    usedFor: 'the store on a real Postgres',
    debianPackage: 'postgresql',
    places: ['postgres', '/usr/lib/postgresql/*/bin/postgres'],
  },
  {
    name: 'kubectl',
    usedFor: 'Kubernetes\' own client on the lab',
    debianPackage: 'kubernetes-client',
    places: ['kubectl'],
  },
  {
    name: 'gh',
    usedFor: 'GitHub\'s own client on the lab',
    debianPackage: 'gh',
    places: ['gh'],
  },
  {
    name: 'python3',
    usedFor: 'PyGithub on the lab',
    debianPackage: 'python3-github',
    places: ['/usr/bin/python3', '/opt/homebrew/bin/python3'],
    libraries: ['/usr/lib/python3/dist-packages/github', '/opt/homebrew/lib/python3*/site-packages/github'],
  },
]

/**
 * Where a system program of the tests lies, absolute; undefined when it is not installed.
 * Takes `chromium`, `redis-server`, `postgres`, `kubectl`, `gh` or `python3` (one that has PyGithub); any other name is a
 * bug and throws.
 */
export function findSystemProgram(name: string): string | undefined {
  const program = programs.find((candidate) => candidate.name === name)
  if (!program) throw new Error(`${name} is none of ${programs.map((known) => known.name).join(', ')}`)
  if (program.libraries?.every((place) => globSync(place).length === 0) === true) return undefined
  return program.places.flatMap(candidates).findLast(isExecutable)
}

function candidates(place: string): string[] {
  if (place.startsWith('/')) return globSync(place).toSorted()
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, place))
    .toReversed()
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function missingPrograms(): SystemProgram[] {
  return programs.filter(({ name }) => findSystemProgram(name) === undefined)
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && isExecutable(APT_GET)
}

/** Runs apt-get without questions, its output on this terminal; returns whether it succeeded. */
function aptGet(...parameters: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(APT_GET, parameters, { env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

/** The one command that makes this machine ready, for the person to run. */
function installCommand(missing: readonly SystemProgram[]): string {
  if (process.platform === 'darwin') return 'brew install redis postgresql@17 kubernetes-cli gh && brew install --cask google-chrome && /opt/homebrew/bin/python3 -m pip install --break-system-packages PyGithub'
  const packages = missing.map(({ debianPackage }) => debianPackage).join(' ')
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages}`
}

/**
 * Makes sure the programs that tests start are there. As root on Debian it installs the missing ones and says so;
 * elsewhere it throws, naming the command to run.
 */
export function ensureSystemPrograms(): void {
  const missing = missingPrograms()
  if (missing.length === 0) return
  const list = missing.map(({ name, usedFor }) => `${name} (${usedFor})`).join(', ')
  if (!canInstall())
    throw new Error(`The tests need ${list}, not found on this machine. Run:\n\n  ${installCommand(missing)}\n`)

  console.log(`The tests need ${list}: installing with apt-get.`)
  const packages = missing.map(({ debianPackage }) => debianPackage)
  const installed = aptGet('update', '-qq') && aptGet('install', '-y', '-qq', '--no-install-recommends', ...packages)
  // A package whose service could not be started (no init in a container) is still there to be run by the tests.
  const still = missingPrograms()
  if (still.length === 0) return
  const outcome = installed ? 'apt-get ran' : 'apt-get failed (its reason is printed above)'
  const names = still.map(({ name }) => name).join(', ')
  throw new Error(`${outcome}; still not found: ${names}. Run, and read what it says:\n\n  ${installCommand(still)}\n`)
}

// Not `import.meta.main`: the launcher imports this file when the outer Node is new enough to read it.
if (process.argv[1] === import.meta.filename) {
  try {
    ensureSystemPrograms()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
