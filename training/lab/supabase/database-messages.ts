/**
 * What a database thread is started with: SQL to run first, in order, and the time (epoch milliseconds) to run it at.
 * `common` is the same for every world; a data directory with it is kept at `template` and copied the next time.
 */
export interface DatabaseStart {
  readonly template: string
  readonly common: readonly { name: string; sql: string }[]
  readonly scripts: readonly { name: string; sql: string }[]
  readonly now: number
  /** Lines for postgresql.conf. */
  readonly settings: readonly string[]
}

/** Statements for one read-only transaction, and the time it happens at. The last one's rows are the answer. */
export interface DatabaseRequest {
  readonly id: number
  readonly now: number
  readonly role: string
  readonly searchPath: string
  readonly statements: readonly { sql: string; parameters: readonly unknown[] }[]
}

export interface PostgresFailure {
  readonly message: string
  /** SQLSTATE. */
  readonly code: string
  readonly detail: string | null
  readonly hint: string | null
  readonly position: string | null
}

export interface QueryResult {
  readonly rows: readonly Record<string, unknown>[]
  readonly columns: readonly string[]
}

export type DatabaseAnswer = ({ readonly id: number; readonly ok: true } & QueryResult) | { readonly id: number; readonly ok: false; readonly error: PostgresFailure }
