import { parentPort, workerData } from 'node:worker_threads'
import { PGlite, types } from '@electric-sql/pglite'
import type { PGliteOptions, Results } from '@electric-sql/pglite'
import type { QueryResult, SqlErrorFields, ThreadReply, ThreadRequest, ThreadStart } from './pglite-protocol.ts'

/**
 * The thread PGlite lives in. It is a thread because PGlite can block for ever (a full disk does it), and
 * then only the thread dies, not the process. Requests are answered in the order they come.
 */
const settings = {
  // A tenth of the memory and of the files of the defaults; the load of one bot needs no more.
  server: ['shared_buffers=16MB', 'wal_buffers=1MB', 'min_wal_size=4MB', 'max_wal_size=32MB', 'max_connections=8', 'jit=off'],
  initdb: ['--wal-segsize=1'],
}

function options(start: ThreadStart, onStderr: (line: string) => void): PGliteOptions {
  return {
    ...(start.dataDir === null ? {} : { dataDir: start.dataDir }),
    ...(start.snapshot === null ? {} : { loadDataDir: new Blob([Buffer.from(start.snapshot)]) }),
    startParams: [...PGlite.defaultStartParams, ...settings.server.flatMap((setting) => ['-c', setting])],
    initDbStartParams: settings.initdb,
    // As the pg driver is set up: a number for int8, which is exact up to 2^53.
    parsers: { [types.INT8]: Number },
    onStdout: () => true,
    onStderr: (line) => {
      onStderr(line)
      return true
    },
  }
}

function shape(results: readonly Results[]): QueryResult {
  const last = results.at(-1)
  return {
    rows: last?.rows ?? [],
    rowCount: last?.rowCount ?? null,
    command: last?.command ?? '',
    fields: last?.fields ?? [],
  }
}

/** Without parameters the simple protocol, which allows several statements, as node-postgres does. */
async function query(db: PGlite, sql: string, params: readonly unknown[] | null): Promise<QueryResult> {
  return shape(params === null ? await db.exec(sql) : [await db.query(sql, [...params])])
}

function errorFields(error: unknown): SqlErrorFields {
  if (!(error instanceof Error)) return { message: String(error) }
  const { message, code, severity, detail, constraint } = error as SqlErrorFields & Error
  return { message, code, severity, detail, constraint }
}

/** After these PGlite's memory cannot be trusted: WebAssembly trapped, or Postgres itself gave up. */
function isBeyondUse(error: unknown): boolean {
  if (error instanceof Error && error.name === 'RuntimeError') return true
  const severity = errorFields(error).severity
  return severity === 'FATAL' || severity === 'PANIC'
}

async function answer(db: PGlite, request: ThreadRequest): Promise<ThreadReply> {
  const { id } = request
  if (request.type === 'query') return { type: 'result', id, result: await query(db, request.sql, request.params) }
  if (request.type === 'dump') {
    const dump = await db.dumpDataDir('none')
    return { type: 'dumped', id, tar: new Uint8Array(await dump.arrayBuffer()) }
  }
  await db.close()
  return { type: 'result', id, result: shape([]) }
}

async function serve(start: ThreadStart, reply: (message: ThreadReply) => void, listen: (on: (request: ThreadRequest) => void) => void): Promise<void> {
  const complaints: string[] = []
  const broken = (error: unknown) => reply({ type: 'broken', message: [errorFields(error).message, ...complaints.slice(-5)].join('\n') })
  const db = new PGlite(options(start, (line) => complaints.push(line)))
  try {
    await db.waitReady
  } catch (error) {
    return broken(error)
  }
  db.onNotification((channel, payload) => reply({ type: 'notification', channel, payload }))
  listen((request) => {
    answer(db, request).then(reply, (error: unknown) => {
      if (isBeyondUse(error)) broken(error)
      else reply({ type: 'error', id: request.id, error: errorFields(error) })
    })
  })
  reply({ type: 'ready' })
}

const port = parentPort
if (port === null) throw new Error('pglite-thread.ts runs as a worker thread only.')
await serve(
  workerData as ThreadStart,
  (message) => port.postMessage(message),
  (on) => port.on('message', on),
)
