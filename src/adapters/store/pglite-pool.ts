import { EventEmitter } from 'node:events'
import { TransientError } from '../../core/errors.ts'
import { createTurnstile, type Leave } from './turnstile.ts'
import type { QueryResult } from './pglite-protocol.ts'
import type { PgliteSession } from './pglite-session.ts'

// Statements may begin with comments; BullMQ's do.
const BEGIN = /^(?:\s|--.*\n)*(?:begin|start\s+transaction)\b[^;]*;?\s*$/i
const END = /^(?:\s|--.*\n)*(?:commit|end|abort|rollback)\b(?!\s+to\b)[^;]*;?\s*$/i
const LISTEN = /^(?:\s|--.*\n)*listen\s+"?([^\s";]+)"?\s*;?\s*$/i

/** A transaction in which nothing happens for so long, while others wait, waits for one of them: see `#idle`. */
const IDLE_TRANSACTION_MS = 10_000

/** What the queue and Kysely use of a `pg.PoolClient`. */
export class PgliteClient extends EventEmitter {
  readonly #pool: PglitePool
  readonly #channels = new Set<string>()
  #leave: Leave | null = null
  #idleTimer: NodeJS.Timeout | undefined
  #broken: Error | null = null

  constructor(pool: PglitePool) {
    super()
    this.#pool = pool
  }

  /** As `pg`: one statement with `$1`… and parameters, or any number of statements without. */
  async query<R = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<QueryResult & { rows: R[] }> {
    if (this.#broken !== null) throw this.#broken
    if (this.#leave === null) {
      if (!BEGIN.test(text)) return await this.#outside<R>(text, params)
      return await this.#begin<R>(text)
    }
    return await this.#inside<R>(text, params)
  }

  /** Gives the client back. A transaction still open is rolled back. `pg`'s `destroy` flag means nothing here: there is one session. */
  release(_destroy?: boolean): void {
    this.#channels.clear()
    this.#pool.forget(this)
    if (this.#leave !== null) void this.#abandon()
  }

  /** Called by the pool for every notification of the shared session. */
  deliver(channel: string, payload: string): void {
    if (this.#channels.has(channel)) this.emit('notification', { channel, payload, processId: 0 })
  }

  async #outside<R>(text: string, params?: readonly unknown[]): Promise<QueryResult & { rows: R[] }> {
    const channel = LISTEN.exec(text)?.[1]
    const result = await this.#pool.query<R>(text, params)
    if (channel !== undefined) this.#channels.add(channel)
    return result
  }

  async #begin<R>(text: string): Promise<QueryResult & { rows: R[] }> {
    this.#leave = await this.#pool.turnstile.enter()
    try {
      return await this.#inside<R>(text)
    } catch (error) {
      this.#end()
      throw error
    }
  }

  async #inside<R>(text: string, params?: readonly unknown[]): Promise<QueryResult & { rows: R[] }> {
    clearTimeout(this.#idleTimer)
    const ends = END.test(text)
    try {
      return await this.#pool.send<R>(text, params)
    } finally {
      if (ends) this.#end()
      else if (this.#leave !== null) this.#idleTimer = setTimeout(() => void this.#idle(), IDLE_TRANSACTION_MS)
    }
  }

  #end(): void {
    clearTimeout(this.#idleTimer)
    this.#leave?.()
    this.#leave = null
  }

  /** Code that waits, inside a transaction, for a query outside of it would wait for ever: there is one session. */
  async #idle(): Promise<void> {
    if (this.#leave === null || this.#pool.turnstile.waiting() === 0) return
    this.#broken = new TransientError(
      `A transaction did nothing for ${IDLE_TRANSACTION_MS / 1000} s while others waited, so it was rolled back. ` +
        'A query outside the transaction awaited inside it does this: the embedded database has one session.',
    )
    await this.#abandon()
  }

  async #abandon(): Promise<void> {
    clearTimeout(this.#idleTimer)
    await this.#pool.send('rollback').catch(() => undefined)
    this.#end()
  }
}

/**
 * PGlite in the shape of a `pg.Pool`, for Kysely and for BullMQ's Postgres backend. Behind every client is the
 * same session, so a client that begins a transaction has the database to itself until it ends, and what one
 * client LISTENs to is told only to it. Emits `error` never: a lost session fails each query, and `onFatal` tells once.
 */
export class PglitePool extends EventEmitter {
  readonly turnstile = createTurnstile()
  readonly #session: PgliteSession
  readonly #clients = new Set<PgliteClient>()

  constructor(session: PgliteSession) {
    super()
    this.setMaxListeners(100)
    this.#session = session
    session.onNotification((channel, payload) => {
      for (const client of [...this.#clients]) client.deliver(channel, payload)
    })
  }

  async query<R = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<QueryResult & { rows: R[] }> {
    const leave = await this.turnstile.enter()
    // The session keeps the order of its calls, so the next one may follow before this one is answered.
    const result = this.send<R>(text, params)
    leave()
    return await result
  }

  async connect(): Promise<PgliteClient> {
    const client = new PgliteClient(this)
    client.setMaxListeners(100)
    this.#clients.add(client)
    return client
  }

  /** The session is closed by whoever opened it: a pool that is only lent cannot end the database for the others. */
  async end(): Promise<void> {}

  forget(client: PgliteClient): void {
    this.#clients.delete(client)
  }

  /** Sends without waiting for a turn: for the pool and for the client that has it. */
  async send<R>(text: string, params?: readonly unknown[]): Promise<QueryResult & { rows: R[] }> {
    const values = params === undefined || params.length === 0 ? null : params.map(wellFormed)
    return (await this.#session.query(text, values)) as QueryResult & { rows: R[] }
  }
}

/** PGlite miscounts the bytes of a lone surrogate and then breaks its own protocol, so none may reach it. */
function wellFormed(value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}
