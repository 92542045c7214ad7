import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { timed } from './rows.ts'
import type { Row } from './rows.ts'

const run = promisify(execFile)

/** From a clone of what is committed to the first thread, as a newcomer does it, with npm's cache already warm. */
export async function install(root: string): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'foreman-bench-'))
  const clone = join(directory, 'clone')
  const inClone = async (command: string, ...args: string[]): Promise<void> => {
    await run(command, args, { cwd: clone, maxBuffer: 64 * 1024 * 1024 })
  }
  try {
    await run('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, clone])
    const installed = await timed(() => inClone('npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund'))
    const answered = await timed(() => inClone('npm', 'run', '--silent', 'demo', '--', '--once', '--json'))
    return [
      { what: '`npm ci` on a warm cache', setting: 'a fresh clone', value: installed / 1000, unit: 's' },
      { what: '`npm ci` to the first thread', setting: 'a fresh clone, `npm run demo -- --once`', value: (installed + answered) / 1000, unit: 's' },
    ]
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
