import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import pg from 'pg'
import { findSystemProgram } from '../setup/system-programs.ts'

/** A server of the operating system, started for one test file. */
export interface TestServer {
  readonly url: string
  /** Kills it and starts it again at the same address; Redis forgets everything, Postgres nothing. */
  restart(): Promise<void>
  stop(): Promise<void>
}

const START_TRIES = 300
const BETWEEN_TRIES_MS = 20

function program(name: string, debianPackage: string): string {
  const path = findSystemProgram(name)
  if (path === undefined) throw new Error(`${name} is not installed. Run: sudo apt-get install -y ${debianPackage}`)
  return path
}

/** A port that was free a moment ago, on 127.0.0.1. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The probe socket has no port.')
  return address.port
}

/** A Redis that keeps nothing on disk, on a free port. */
export async function startRedis(): Promise<TestServer> {
  const port = await freePort()
  const binary = program('redis-server', 'redis-server')
  const url = `redis://127.0.0.1:${port}`
  const start = () => spawn(binary, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' })
  return await serve(url, start, async () => {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.ping()
    } finally {
      client.disconnect()
    }
  })
}

/** A Postgres cluster of its own in a temporary folder, on a free port; as the user `postgres` when this is root, whom Postgres refuses. */
export async function startPostgres(): Promise<TestServer> {
  const binary = program('postgres', 'postgresql')
  const user = postgresUser()
  const folder = mkdtempSync(join(tmpdir(), 'foreman-postgres-'))
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const port = await freePort()
  const made = spawnSync(join(dirname(binary), 'initdb'), ['-D', data, '-U', 'foreman', '--auth=trust', '-E', 'UTF8', '--no-sync'], { ...user, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off', 'shared_buffers=32MB']
  const start = () => spawn(binary, ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])], { ...user, stdio: 'ignore' })
  const url = `postgres://foreman@127.0.0.1:${port}/postgres`
  const server = await serve(url, start, async () => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    await client.end()
  })
  const stop = async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { ...server, stop }
}

/** Ends with SIGINT, which Redis and Postgres both take for: let go of everything and exit now. */
async function serve(url: string, start: () => ChildProcess, ask: () => Promise<void>): Promise<TestServer> {
  let child = start()
  await answers(ask, child)
  return {
    url,
    async restart() {
      await end(child, 'SIGINT')
      child = start()
      await answers(ask, child)
    },
    stop: () => end(child, 'SIGINT'),
  }
}

function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function answers(ask: () => Promise<void>, child: ChildProcess): Promise<void> {
  process.once('exit', () => child.kill('SIGKILL'))
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with code ${child.exitCode}.`, { cause: error })
      if (tries === START_TRIES) throw error
      await sleep(BETWEEN_TRIES_MS)
    }
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}
