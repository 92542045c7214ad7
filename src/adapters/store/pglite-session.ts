import { Worker } from 'node:worker_threads'
import { TransientError } from '../../core/errors.ts'
import type { QueryResult, SqlErrorFields, ThreadReply, ThreadRequest, ThreadStart } from './pglite-protocol.ts'

/** An error Postgres reported, with the fields node-postgres puts on its own. */
class SqlError extends Error {
  override name = 'SqlError'
  readonly code: string | undefined
  readonly severity: string | undefined
  readonly detail: string | undefined
  readonly constraint: string | undefined
  constructor(fields: SqlErrorFields) {
    super(fields.message)
    this.code = fields.code
    this.severity = fields.severity
    this.detail = fields.detail
    this.constraint = fields.constraint
  }
}

export interface SessionOptions {
  readonly start: ThreadStart
  /** A query that has not come back after this long means the thread hangs: it is ended. */
  readonly watchdogMs: number
  readonly startMs: number
  /** Told once when the database is lost for this process; every later query fails with the same error. */
  readonly onFatal: (error: TransientError) => void
}

/** The one session of a PGlite that runs in its own thread. Queries run in the order of the calls. */
export interface PgliteSession {
  /** `params` null: the simple protocol, where `sql` may hold several statements; the result is the last one's. */
  query(sql: string, params: readonly unknown[] | null): Promise<QueryResult>
  /** The data directory as an uncompressed tar. */
  dump(): Promise<Uint8Array>
  onNotification(listener: (channel: string, payload: string) => void): void
  close(): Promise<void>
}

type Unsent = { [T in ThreadRequest['type']]: Omit<Extract<ThreadRequest, { type: T }>, 'id'> }[ThreadRequest['type']]
type Pending = { resolve: (reply: ThreadReply) => void; reject: (error: Error) => void }

class ThreadSession implements PgliteSession {
  readonly #worker: Worker
  readonly #options: SessionOptions
  readonly #pending = new Map<number, Pending>()
  readonly #listeners: ((channel: string, payload: string) => void)[] = []
  #nextId = 1
  #answered = 0
  #watchdog: NodeJS.Timeout | undefined
  #lost: TransientError | null = null
  #closing = false

  constructor(worker: Worker, options: SessionOptions) {
    this.#worker = worker
    this.#options = options
    worker.on('message', (reply: ThreadReply) => this.#receive(reply))
    worker.on('error', (error) => this.#lose(`Its thread failed: ${error instanceof Error ? error.message : String(error)}`))
    worker.on('exit', () => {
      if (!this.#closing) this.#lose('Its thread ended.')
    })
  }

  async query(sql: string, params: readonly unknown[] | null): Promise<QueryResult> {
    const reply = await this.#request({ type: 'query', sql, params })
    if (reply.type !== 'result') throw new Error(`Expected a result from the database thread, got ${reply.type}.`)
    return reply.result
  }

  async dump(): Promise<Uint8Array> {
    const reply = await this.#request({ type: 'dump' })
    if (reply.type !== 'dumped') throw new Error(`Expected a dump from the database thread, got ${reply.type}.`)
    return reply.tar
  }

  onNotification(listener: (channel: string, payload: string) => void): void {
    this.#listeners.push(listener)
  }

  async close(): Promise<void> {
    if (this.#closing || this.#lost !== null) return
    const closed = this.#request({ type: 'close' })
    this.#closing = true
    await closed.catch(() => undefined)
    clearTimeout(this.#watchdog)
    await this.#worker.terminate()
  }

  #request(request: Unsent): Promise<ThreadReply> {
    if (this.#lost !== null) return Promise.reject(this.#lost)
    if (this.#closing) return Promise.reject(gone('The embedded database is closed.'))
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      if (this.#pending.size === 1) this.#watch()
      this.#worker.postMessage({ ...request, id })
    })
  }

  #receive(reply: ThreadReply): void {
    if (reply.type === 'notification') {
      for (const listener of this.#listeners) listener(reply.channel, reply.payload)
      return
    }
    if (reply.type === 'broken') return this.#lose(reply.message)
    if (reply.type === 'ready') return
    this.#answered++
    const pending = this.#pending.get(reply.id)
    this.#pending.delete(reply.id)
    if (this.#pending.size > 0) this.#watch()
    else clearTimeout(this.#watchdog)
    if (reply.type === 'error') pending?.reject(new SqlError(reply.error))
    else pending?.resolve(reply)
  }

  #watch(): void {
    clearTimeout(this.#watchdog)
    const answered = this.#answered
    this.#watchdog = setTimeout(() => {
      // The main thread may have been the busy one, with the answer already waiting to be read: read first, then judge.
      setTimeout(() => {
        if (this.#answered === answered) this.#lose(`It has not answered for ${this.#options.watchdogMs / 1000} s; a full disk does that.`)
      }, 50)
    }, this.#options.watchdogMs)
  }

  #lose(why: string): void {
    if (this.#lost !== null) return
    const error = gone(
      `The embedded database stopped working. ${why} Everything acknowledged before is on disk; ` +
        'check the free space of its directory and start the process again.',
    )
    this.#lost = error
    clearTimeout(this.#watchdog)
    for (const pending of this.#pending.values()) pending.reject(error)
    this.#pending.clear()
    void this.#worker.terminate()
    this.#options.onFatal(error)
  }
}

/**
 * What every query is told from now on. The code is for BullMQ: only after an error it knows as a lost connection does it wait
 * before it asks again. Any other it repeats at once, and a refusal that needs no I/O would then keep the event loop for ever.
 */
function gone(message: string): TransientError {
  return Object.assign(new TransientError(message), { code: 'ECONNREFUSED' })
}

/** Starts PGlite in a thread; resolves when it takes queries. Throws `TransientError` with PGlite's own words when it does not start. */
export async function openPgliteSession(options: SessionOptions): Promise<PgliteSession> {
  const worker = new Worker(new URL('./pglite-thread.ts', import.meta.url), { workerData: options.start, stdout: true, stderr: true })
  await started(worker, options)
  return new ThreadSession(worker, options)
}

async function started(worker: Worker, { start, startMs }: SessionOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const place = start.dataDir === null ? 'in memory' : `in ${start.dataDir}`
  const refuse = (why: string) =>
    reject(new TransientError(`The embedded database ${place} did not start. If it never does, put a copy back or remove the directory, and all it holds, to begin anew. ${why}`))
  const timer = setTimeout(() => refuse(`no answer within ${startMs / 1000} s.`), startMs)
  const listeners = {
    message: (reply: ThreadReply) => (reply.type === 'broken' ? refuse(reply.message) : resolve()),
    error: (error: unknown) => refuse(error instanceof Error ? error.message : String(error)),
    exit: () => refuse('its thread ended.'),
  }
  for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener)
  try {
    await promise
  } catch (error) {
    await worker.terminate()
    throw error
  } finally {
    clearTimeout(timer)
    for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener)
  }
}
