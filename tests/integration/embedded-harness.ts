import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A process over the embedded database in `directory`. */
export interface EmbeddedProcess {
  /** The next `count` things it says. */
  says(count: number): Promise<string[]>
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>
}

const script = fileURLToPath(new URL('embedded-process.ts', import.meta.url))

/** Starts tests/integration/embedded-process.ts on `directory`. */
export function startEmbeddedProcess(directory: string, act: 'write' | 'work'): EmbeddedProcess {
  const child = fork(script, [directory, act], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const says = async (count: number) => {
    const said: string[] = []
    while (said.length < count) said.push(...(await once(child, 'message')).filter((message) => typeof message === 'string'))
    return said
  }
  return { says, kill: () => kill(child) }
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** A folder that is removed by `remove`, with room for a database in `directory`. */
export function temporaryDirectory(): { directory: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'foreman-embedded-'))
  return { directory: join(folder, 'db'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
