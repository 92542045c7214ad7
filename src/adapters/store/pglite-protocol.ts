/** What passes between the main thread and the thread PGlite runs in. Everything here survives a structured clone. */

/** `snapshot`: a tar of a data directory to start from, for a directory that is empty. `dataDir` null: in memory. */
export interface ThreadStart {
  readonly dataDir: string | null
  readonly snapshot: Uint8Array | null
}

export type ThreadRequest =
  | { readonly id: number; readonly type: 'query'; readonly sql: string; readonly params: readonly unknown[] | null }
  | { readonly id: number; readonly type: 'dump' }
  | { readonly id: number; readonly type: 'close' }

export interface QueryResult {
  readonly rows: Record<string, unknown>[]
  readonly rowCount: number | null
  /** `INSERT`, `SELECT` …, as Postgres names it. */
  readonly command: string
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
}

/** What Postgres says about an error, under the names node-postgres gives the fields. */
export interface SqlErrorFields {
  readonly message: string
  readonly code?: string | undefined
  readonly severity?: string | undefined
  readonly detail?: string | undefined
  readonly constraint?: string | undefined
}

export type ThreadReply =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly id: number; readonly result: QueryResult }
  | { readonly type: 'dumped'; readonly id: number; readonly tar: Uint8Array }
  | { readonly type: 'error'; readonly id: number; readonly error: SqlErrorFields }
  | { readonly type: 'notification'; readonly channel: string; readonly payload: string }
  /** The database inside the thread is beyond use. */
  | { readonly type: 'broken'; readonly message: string }
