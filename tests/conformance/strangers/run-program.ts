import { spawn } from 'node:child_process'
import { strangerEnvironment } from '../../setup/strangers.ts'
import type { Answer } from './stranger.ts'

interface Program {
  readonly program: string
  readonly parameters: readonly string[]
  readonly cwd: string
  /** Added to an environment that has nothing but the path. */
  readonly env: Readonly<Record<string, string>>
  readonly input?: string
}

const timeoutMs = 50_000
const colours = new RegExp(`${String.fromCodePoint(27)}\\[[\\d;]*m`, "g")

/** Runs a program to its end; what it printed on both streams as one text without colours. A program that hangs is killed and answers with code 124. */
export function runProgram({ program, parameters, cwd, env, input }: Program): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd, env: strangerEnvironment(env), stdio: ['pipe', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ output: Buffer.concat(chunks).toString().replaceAll(colours, ''), code: code ?? 124 })
    })
    child.stdin.end(input)
  })
}
