import { defineWorker } from '../kit/define-worker.ts'
import { createSupabaseClient, projectUrlOf } from './client.ts'
import type { SupabaseClient, SupabaseConnection } from './client.ts'
import { activeQueriesAndLocks } from './tools/active-queries-and-locks.ts'
import { apiCounts } from './tools/api-counts.ts'
import { authConfig } from './tools/auth-config.ts'
import { checkTableApi } from './tools/check-table-api.ts'
import { connectionUsage } from './tools/connection-usage.ts'
import { dbMetrics } from './tools/db-metrics.ts'
import { diskUsage } from './tools/disk-usage.ts'
import { explainQuery } from './tools/explain-query.ts'
import { functionStats } from './tools/function-stats.ts'
import { getAdvisors } from './tools/get-advisors.ts'
import { getFunction } from './tools/get-function.ts'
import { getProject } from './tools/get-project.ts'
import { listBranches } from './tools/list-branches.ts'
import { listCronJobs } from './tools/list-cron-jobs.ts'
import { listFunctions } from './tools/list-functions.ts'
import { listMigrations } from './tools/list-migrations.ts'
import { listTables } from './tools/list-tables.ts'
import { logErrorSummary } from './tools/log-error-summary.ts'
import { queryLogs } from './tools/query-logs.ts'
import { rlsPolicies } from './tools/rls-policies.ts'
import { runSelect } from './tools/run-select.ts'
import { serviceHealth } from './tools/service-health.ts'
import { slowQueries } from './tools/slow-queries.ts'
import { tableStats } from './tools/table-stats.ts'

/** Reads one Supabase project: health, logs, schema and migrations, cron jobs, edge functions, queries, locks, connections, disk, policies, sign-in, branches, advisors. */
export const supabaseWorker = defineWorker<SupabaseConnection, SupabaseClient>({
  name: 'supabase',
  service: 'Supabase',
  description: 'Reads the Supabase project: logs of database, API, auth and edge functions, health, migrations with their SQL, tables and columns, one SELECT, pg_cron jobs, edge functions and their source, slow and blocked queries, query plans, table statistics, connections, disk, row level security, sign-in settings, branches, advisors.',
  baseUrls: (connection) => [connection.url, projectUrlOf(connection)],
  connect: createSupabaseClient,
  tools: [
    queryLogs, logErrorSummary, serviceHealth, listMigrations, listTables, runSelect, listCronJobs, listFunctions, getFunction, activeQueriesAndLocks,
    connectionUsage, slowQueries, getAdvisors, checkTableApi, getProject, apiCounts, functionStats, explainQuery, tableStats, rlsPolicies, listBranches, dbMetrics,
    diskUsage, authConfig,
  ],
})
