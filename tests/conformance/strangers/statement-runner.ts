import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { strangerEnvironment } from '../../setup/strangers.ts'
import type { Connection } from './stranger.ts'

interface Runner {
  readonly program: string
  readonly parameters: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

const Answered = z.object({ output: z.string(), code: z.number() })

/** Starts an interpreter that holds a library's client and answers each line, a statement as a JSON string, with one line, an answer as JSON. */
export function connectRunner({ program, parameters, cwd, env }: Runner): Connection {
  const child = spawn(program, parameters, { cwd, env: strangerEnvironment(env), stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return {
    ask: async ([statement]) => {
      child.stdin.write(`${JSON.stringify(statement)}\n`)
      const { value } = await lines.next()
      return Answered.parse(JSON.parse(value ?? 'null'))
    },
    close: async () => void child.kill(),
  }
}
