import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { ListeningLab } from '../../../training/lab/listen.ts'
import { strangerProgram, strangerScript } from '../../setup/strangers.ts'
import { connectMcp } from './mcp-connection.ts'
import { runProgram } from './run-program.ts'
import type { Command, Connection, Meeting } from './stranger.ts'

const ref = 'larkspurquotesdbaaaa'
const remote = ['--remote', ref]
const cli = strangerProgram('@supabase/cli-linux-x64', 'bin/supabase')
const directDatabase = 'it connects to the database itself over port 5432, which the lab does not open'

const serverCommands: readonly Command[] = [
  { asks: ['tools/list'], prints: ['execute_sql', 'query_logs', 'get_advisors'] },
  { asks: ['list_tables', '{"schemas":["public"]}'], prints: ['{"name":"public.quotes","rls_enabled":false,"rows":2}', '{"name":"public.drafts","rls_enabled":true,"rows":0}'] },
  { asks: ['list_extensions'], prints: ['"plpgsql"'] },
  { asks: ['list_migrations'], prints: ['{"version":"20260201090000","name":"create_quotes"}'] },
  { asks: ['execute_sql', '{"query":"select id, price from quotes order by id"}'], prints: [String.raw`[{\"id\":\"q_80\",\"price\":{\"amount\":120,\"currency\":\"EUR\"}},{\"id\":\"q_81\",\"price\":null}]`] },
  { asks: ['execute_sql', '{"query":"insert into quotes values (\'x\', null, now())"}'], prints: ['cannot execute INSERT in a read-only transaction'], exits: 1 },
  { asks: ['execute_sql', '{"query":"commit; insert into quotes values (\'x\', null, now())"}'], prints: ['Failed to run sql query'], exits: 1 },
  { asks: ['query_logs', '{"sql":"select timestamp, event_message from logs where source = \'postgres_logs\' limit 5","iso_timestamp_start":"2026-03-12T09:30:00Z","iso_timestamp_end":"2026-03-12T10:30:00Z"}'], prints: ['canceling statement due to statement timeout'] },
  { asks: ['query_logs', '{"sql":"select log_attributes[\'response.status_code\'] as status, count(*) as n from logs where source = \'edge_logs\' group by status","iso_timestamp_start":"2026-03-12T09:30:00Z","iso_timestamp_end":"2026-03-12T10:30:00Z"}'], prints: [String.raw`\"status\":\"200\"`] },
  { asks: ['get_advisors', '{"type":"security"}'], prints: ['rls_disabled_in_public', 'Table public.quotes is public, but RLS has not been enabled.'] },
  { asks: ['get_advisors', '{"type":"performance"}'], prints: ['Index quotes_created on public.quotes has not been used'] },
  { asks: ['get_project_url'], prints: [`https://${ref}.supabase.`] },
  { asks: ['get_publishable_keys'], prints: ['"type":"publishable"'] },
  { asks: ['generate_typescript_types'], prints: [/quotes: \{\\n {8}Row: \{/] },
  { asks: ['list_edge_functions'], prints: ['"slug":"notify"', '"version":3'] },
  { asks: ['get_edge_function', '{"function_slug":"notify"}'], prints: ["Deno.serve(() => new Response('ok'))"] },
  { asks: ['list_branches'], prints: ['"name":"price-index"', 'MIGRATIONS_FAILED'] },
  { asks: ['list_storage_buckets'], prints: ['"name":"labels"'] },
  { asks: ['get_storage_config'], prints: ['"fileSizeLimit":52428800'] },
  { asks: ['apply_migration', '{"name":"x","query":"create table a (b int)"}'], prints: ['Cannot apply migration in read-only mode'], exits: 1 },
  { asks: ['get_logs', '{"service":"postgres"}'], prints: [String.raw`{\"result\":[]}`], cannot: 'it looks at the last 24 hours of the machine\'s clock, and the world stands still months before' },
]

const cliCommands: readonly Command[] = [
  { asks: ['projects', 'list'], prints: [/larkspur +\| larkspurquotesdbaaaa +\| quotes-db +\| Central EU \(Frankfurt\)/] },
  { asks: ['orgs', 'list'], prints: [/larkspur +\| Larkspur Freight/] },
  { asks: ['functions', 'list', ...remote], prints: [/notify +\| notify +\| ACTIVE +\| 3/] },
  { asks: ['functions', 'download', 'notify', ...remote], prints: ['Downloaded Function notify'] },
  { asks: ['branches', 'list', ...remote], prints: [/price-index +\| false +\| price-index +\| false +\| MIGRATIONS_FAILED/] },
  { asks: ['projects', 'api-keys', ...remote], prints: ['service_role', 'sb_publishable_'] },
  { asks: ['db', 'advisors', ...remote], prints: ['Table public.quotes is public, but RLS has not been enabled.'] },
  { asks: ['network-restrictions', 'get', ...remote, '--experimental'], prints: ['203.0.113.0/24'] },
  { asks: ['network-bans', 'get', ...remote, '--experimental'], prints: ['198.51.100.7'] },
  { asks: ['postgres-config', 'get', ...remote, '--experimental'], prints: [/max_connections +\| 60/] },
  { asks: ['backups', 'list', ...remote, '--experimental'], prints: ['Central EU (Frankfurt)'] },
  { asks: ['gen', 'types', 'typescript', ...remote], prints: [/quotes: \{\n {8}Row: \{/] },
  { asks: ['projects', 'delete', ref, '--yes'], prints: ['Forbidden resource'], exits: 1 },
  { asks: ['migration', 'list', ...remote], prints: [/pooler|connect/], exits: 1, cannot: directDatabase },
  { asks: ['inspect', 'db', 'locks', ...remote], prints: [/pooler|connect/], exits: 1, cannot: directDatabase },
  { asks: ['secrets', 'list', ...remote], prints: ['404'], exits: 1, cannot: 'a world keeps no secrets of functions, not even their names' },
  { asks: ['logs', ...remote], prints: ['multiIf (use CASE) is not supported by the simulated log store'], exits: 1, cannot: 'its query uses ClickHouse functions beyond those the lab translates' },
]

/** What is asked of supabase-js, by the words it is listed under. */
const calls: Readonly<Record<string, (client: SupabaseClient) => PromiseLike<{ error: unknown }>>> = {
  "from('quotes').select('id, price').order('id')": (client) => client.from('quotes').select('id, price').order('id'),
  "from('quotes').select('id').is('price', null).single()": (client) => client.from('quotes').select('id').is('price', null).single(),
  "from('quotes').select('*', { count: 'exact', head: true })": (client) => client.from('quotes').select('*', { count: 'exact', head: true }),
  "from('quotes').select('id').gte('created_at', '2026-03-12T09:00:00Z').range(0, 0)": (client) => client.from('quotes').select('id').gte('created_at', '2026-03-12T09:00:00Z').range(0, 0),
  "from('nothing').select()": (client) => client.from('nothing').select(),
  "from('quotes').delete().eq('id', 'q_81')": (client) => client.from('quotes').delete().eq('id', 'q_81'),
  "rpc('purge')": (client) => client.rpc('purge'),
  'auth.admin.listUsers()': (client) => client.auth.admin.listUsers(),
  'storage.listBuckets()': (client) => client.storage.listBuckets(),
  "storage.from('labels').list()": (client) => client.storage.from('labels').list(),
}

const libraryCommands: readonly Command[] = [
  { asks: ["from('quotes').select('id, price').order('id')"], prints: ['"data":[{"id":"q_80","price":{"amount":120,"currency":"EUR"}},{"id":"q_81","price":null}]'] },
  { asks: ["from('quotes').select('id').is('price', null).single()"], prints: ['"data":{"id":"q_81"}'] },
  { asks: ["from('quotes').select('*', { count: 'exact', head: true })"], prints: ['"count":2'] },
  { asks: ["from('quotes').select('id').gte('created_at', '2026-03-12T09:00:00Z').range(0, 0)"], prints: ['"data":[{"id":"q_81"}]'] },
  { asks: ["from('nothing').select()"], prints: ['PGRST205'], exits: 1 },
  { asks: ["from('quotes').delete().eq('id', 'q_81')"], prints: ['read-only'], exits: 1 },
  { asks: ["rpc('purge')"], prints: ['permission denied for function purge'], exits: 1 },
  { asks: ['auth.admin.listUsers()'], prints: ['"users":[]'] },
  { asks: ['storage.listBuckets()'], prints: ['"name":"labels"'] },
  { asks: ["storage.from('labels').list()"], prints: ['"data":[]'] },
]

function connectLibrary({ services: { supabase } }: ListeningLab): Connection {
  const client = createClient(supabase.url, supabase.token, { auth: { persistSession: false, autoRefreshToken: false } })
  return {
    ask: async ([words = '']) => {
      const answer = await calls[words]?.(client)
      return { output: JSON.stringify(answer), code: answer?.error ? 1 : 0 }
    },
  }
}

/** The command line keeps its addresses in a profile; every key of it must be there. */
function profileIn(home: string, { services: { supabase } }: ListeningLab): string {
  const file = join(home, 'profile.yaml')
  const keys = { name: 'lab', api_url: supabase.url, dashboard_url: `${supabase.url}/dashboard`, project_host: '127.0.0.1', pooler_host: '127.0.0.1' }
  writeFileSync(file, Object.entries(keys).map(([key, value]) => `${key}: ${value}\n`).join(''))
  return file
}

/** Supabase's MCP server and command line on the Management API, supabase-js on the project's own. */
export const supabaseMeeting: Meeting = {
  service: 'supabase',
  strangers: [
    {
      name: '@supabase/mcp-server-supabase 0.13.0', commands: serverCommands,
      connect: ({ services: { supabase } }, home) => connectMcp({
        command: process.execPath, cwd: home, env: { HOME: home },
        args: [
          strangerScript('@supabase/mcp-server-supabase', 'mcp-server-supabase'), `--access-token=${supabase.token}`, `--api-url=${supabase.url}`, `--project-ref=${ref}`, '--read-only',
          '--features=database,debugging,development,functions,branching,storage',
        ],
      }),
    },
    {
      name: 'supabase 3.1.0 (CLI)', program: cli, commands: cliCommands,
      connect: async (lab, home) => {
        const env = { HOME: home, SUPABASE_PROFILE: profileIn(home, lab), SUPABASE_ACCESS_TOKEN: lab.services.supabase.token, DO_NOT_TRACK: '1', NO_COLOR: '1' }
        return { ask: (words) => runProgram({ program: cli ?? '', parameters: words, cwd: home, env }) }
      },
    },
    { name: '@supabase/supabase-js', commands: libraryCommands, connect: async (lab) => connectLibrary(lab) },
  ],
  gaps: [
    { route: /^supabase: GET \/v1\/projects\/larkspurquotesdbaaaa\/secrets$/, reason: 'a world keeps no secrets of functions, not even their names' },
  ],
}
