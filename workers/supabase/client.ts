import { Buffer } from 'node:buffer'
import { createClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { FailureError, fail } from '../../src/core/errors.ts'
import type { Link } from '../../src/core/tool.ts'
import { createJsonClient } from '../kit/http-json.ts'
import { path } from '../kit/path-template.ts'
import type { ResolvedWindow } from '../kit/window.ts'

/** One project: the Management API with a personal or scoped access token, and, if a key is given, its data API. */
export const SupabaseConnection = z.object({
  accessToken: z.string().min(1),
  projectRef: z.string().min(1),
  /** A publishable (anon) key. Never the service_role key: it passes row level security by. */
  publishableKey: z.string().min(1).optional(),
  /** A secret key that is sent to the metrics endpoint only. It could do more, so it is optional: without it the machine's metrics stay unknown. */
  metricsKey: z.string().min(1).optional(),
  url: z.url().default('https://api.supabase.com'),
  /** Where the project's own API lives; `https://<ref>.supabase.co` unless given. */
  projectUrl: z.url().optional(),
  webUrl: z.url().default('https://supabase.com/dashboard'),
})
export type SupabaseConnection = z.output<typeof SupabaseConnection>

/** The address of the project's data API. */
export function projectUrlOf({ projectUrl, projectRef }: SupabaseConnection): string {
  return projectUrl ?? `https://${projectRef}.supabase.co`
}

const LogAnswer = z.object({ result: z.array(z.record(z.string(), z.unknown())).optional(), error: z.unknown().optional() })
const Bans = z.object({ banned_ipv4_addresses: z.array(z.string()) })
const Rows = z.array(z.record(z.string(), z.unknown()))

/** How the data API answered for a table. */
export interface TableProbe {
  readonly status: number
  readonly code: string | null
}

export type SupabaseClient = ReturnType<typeof createSupabaseClient>

/** The project's APIs over `guarded`. Every method throws a `FailureError` for what is not a good answer. */
export function createSupabaseClient(connection: SupabaseConnection, guarded: typeof fetch) {
  const { projectRef: ref } = connection
  const json = createJsonClient({ service: 'Supabase', baseUrl: connection.url, headers: { authorization: `Bearer ${connection.accessToken}` }, fetch: guarded })
  const project = path`/v1/projects/${ref}`
  return {
    ref,
    /** A read below the project, such as `/functions`. */
    get: async <T>(below: string, schema: z.ZodType<T>, query?: Readonly<Record<string, string | readonly string[]>>): Promise<T> => (await json.get(`${project}${below}`, schema, query)).data,
    text: async (below: string): Promise<string> => json.text(`${project}${below}`),
    /** The addresses that may not connect to the database because of wrong passwords. */
    networkBans: async (): Promise<string[]> => (await json.post(`${project}/network-bans/retrieve`, Bans, {})).data.banned_ipv4_addresses,
    /** The machine's metrics in Prometheus' text format; null where no key for them is configured. */
    metrics: async (): Promise<string | null> => {
      if (connection.metricsKey === undefined) return null
      const authorization = `Basic ${Buffer.from(`service_role:${connection.metricsKey}`).toString('base64')}`
      return createJsonClient({ service: 'Supabase', baseUrl: projectUrlOf(connection), headers: { authorization }, fetch: guarded }).text('/customer/v1/privileged/metrics')
    },
    /** Rows of one SELECT, run by the project's read-only role and parsed by `row`. */
    select: async <T>(query: string, row: z.ZodType<T>): Promise<T[]> => z.array(row).parse((await json.post(`${project}/database/query/read-only`, Rows, { query })).data),
    /** Rows of a query over the project's logs, in ClickHouse's SQL. */
    logs: async (sql: string, window: ResolvedWindow): Promise<Record<string, unknown>[]> => {
      const { data } = await json.get(`${project}/analytics/endpoints/logs`, LogAnswer, {
        sql, iso_timestamp_start: window.start.toISOString(), iso_timestamp_end: window.end.toISOString(),
      })
      if (data.error !== undefined && data.error !== null && data.error !== '') fail('bad_response', 'Supabase could not run the log query; try a shorter window.')
      return data.result ?? fail('bad_response', 'Supabase answered the log query with neither rows nor an error.')
    },
    /** Asks the data API for no rows of a table, as the publishable key may. */
    probeTable: async (schema: string, table: string): Promise<TableProbe> => {
      if (connection.publishableKey === undefined) fail('unauthorized', 'No publishable key of the project is configured, so its data API cannot be asked. Whoever runs Foreman can add one.')
      if (table.trim() === '') fail('invalid_input', 'The table has no name.')
      let thrown: Error | undefined
      const remembering: typeof fetch = async (input, init) => {
        try {
          return await guarded(input, init)
        } catch (error) {
          thrown = error instanceof Error ? error : new Error('The data API could not be asked.', { cause: error })
          throw thrown
        }
      }
      const client = createClient(projectUrlOf(connection), connection.publishableKey, {
        global: { fetch: remembering }, db: { schema }, auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      })
      // The guard waits and tries again by itself, within the call's time.
      const { status, error } = await client.from(table).select('*').limit(0).retry(false)
      // supabase-js turns a thrown error into data; ours must stay a failure.
      if (thrown !== undefined) throw thrown
      if (error !== null && status === 0) throw new FailureError({ kind: 'unavailable', message: 'The project’s data API could not be reached.' })
      if (error !== null && status < 300) fail('bad_response', 'The project’s data API answered with something that is no JSON: its address may be wrong, or a proxy stands before it.')
      // A proxy's answer has no code, whatever the library's types say.
      const code: unknown = error?.code
      return { status, code: typeof code === 'string' && code !== '' ? code : null }
    },
    /** A page of the project's dashboard. */
    link: (title: string, page: string): Link => ({ title, url: `${connection.webUrl.replace(/\/$/, '')}/project/${encodeURIComponent(ref)}/${page}` }),
  }
}
