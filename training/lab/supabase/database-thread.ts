import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { PGlite, type Results } from '@electric-sql/pglite'
import type { DatabaseAnswer, DatabaseRequest, DatabaseStart } from './database-messages.ts'

/**
 * One Postgres in a thread of its own, so that its clock can be the world's: Postgres takes the time from Date.now, which
 * answers here with the time each request brings. now(), current_timestamp and clock_timestamp() agree, and stand still.
 */
const port = parentPort
if (!port) throw new Error('database-thread.ts runs as a worker thread only.')
const { template, common, scripts, settings, now: start } = workerData as DatabaseStart
let current = start
Date.now = () => current

const text = (value: string): string => value
const integer = (value: string): number | string => (Number.isSafeInteger(Number(value)) ? Number(value) : value)
/** Times, dates and intervals go out as Postgres prints them, and bigints as numbers, as Supabase's own query endpoint sends them. */
const parsers = { 20: integer, 1082: text, 1083: text, 1114: text, 1184: text, 1186: text, 1266: text }

async function run(target: PGlite, all: DatabaseStart['scripts']): Promise<void> {
  for (const { name, sql } of all) {
    await target.exec(sql).catch((error: unknown) => {
      throw new Error(`${name} does not run: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    })
  }
}

/** Keeps the data directory for the next world. Another thread may do so at once: the last rename wins, and both wrote the same. */
async function keepTemplate(target: PGlite): Promise<void> {
  try {
    const dump = await target.dumpDataDir('none')
    const partial = `${template}.${process.pid}-${threadId}`
    await mkdir(dirname(template), { recursive: true })
    await writeFile(partial, new Uint8Array(await dump.arrayBuffer()))
    await rename(partial, template)
  } catch {
    // A place that cannot be written to costs the next world some seconds, and nothing else.
  }
}

async function startDatabase(): Promise<PGlite> {
  const kept = await readFile(template).catch(() => undefined)
  const started = await PGlite.create({ parsers, postgresqlconf: [...settings], ...(kept && { loadDataDir: new Blob([kept]) }) })
  if (!kept) {
    await run(started, common)
    await keepTemplate(started)
  }
  await started.exec(`set timezone to 'UTC'`)
  await run(started, scripts)
  return started
}

const database = startDatabase()

/** Placeholders without values, as EXPLAIN (GENERIC_PLAN) has them, pass in Postgres' simple protocol only. */
async function runOne(db: PGlite, sql: string, parameters: readonly unknown[]): Promise<Results<Record<string, unknown>> | undefined> {
  if (parameters.length > 0 || !/\$\d/.test(sql)) return db.query<Record<string, unknown>>(sql, [...parameters])
  return (await db.exec(sql)).at(-1)
}

async function answer({ role, searchPath, statements }: DatabaseRequest): Promise<Results<Record<string, unknown>> | undefined> {
  const db = await database
  await db.exec(`begin read only; set local role ${role}; set local search_path to ${searchPath}`)
  try {
    let last: Results<Record<string, unknown>> | undefined
    for (const { sql, parameters } of statements) last = await runOne(db, sql, parameters)
    return last
  } finally {
    await db.exec('rollback; reset all')
    await db.exec(`set timezone to 'UTC'`)
  }
}

function failure(error: unknown): Extract<DatabaseAnswer, { ok: false }>['error'] {
  const { message = String(error), code, detail, hint, position } = error as { message?: string; code?: string; detail?: string; hint?: string; position?: string }
  return { message, code: code ?? 'XX000', detail: detail ?? null, hint: hint ?? null, position: position ?? null }
}

/** Requests are answered one after the other: each is a transaction on the one session there is. */
let queue: Promise<void> = Promise.resolve()
port.on('message', (request: DatabaseRequest) => {
  queue = queue.then(async () => {
    current = request.now
    const reply = await answer(request).then(
      (result): DatabaseAnswer => ({ id: request.id, ok: true, rows: result?.rows ?? [], columns: result?.fields.map(({ name }) => name) ?? [] }),
      (error: unknown): DatabaseAnswer => ({ id: request.id, ok: false, error: failure(error) }),
    )
    port.postMessage(reply)
  })
})
