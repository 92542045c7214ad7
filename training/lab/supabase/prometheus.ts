import type { SupabaseProject } from '../../../src/core/world/supabase.ts'

/** The project's metrics in Prometheus' text format: connections, disk and read-only state under the names Supabase's exporter uses. */
export function metricsText({ ref, stats }: SupabaseProject): string {
  const labels = `supabase_project_ref="${ref}",service_type="db"`
  const gauge = (name: string, help: string, samples: readonly [string, number][]): string =>
    [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...samples.map(([extra, value]) => `${name}{${labels}${extra}} ${value}`)].join('\n')
  const connections = Object.values(stats.connectionsByRole).reduce((sum, count) => sum + count, 0) || stats.activity.length
  return `${[
    gauge('pg_stat_database_num_backends', 'Connections to the database.', [['', connections]]),
    gauge('pg_settings_max_connections', 'Connections the database allows.', [['', stats.maxConnections]]),
    gauge('pg_stat_activity_count', 'Connections by role.', Object.entries(stats.connectionsByRole).map(([role, count]) => [`,usename="${role}"`, count])),
    gauge('node_filesystem_size_bytes', 'Size of the disk.', [[',mountpoint="/data"', stats.diskTotalBytes]]),
    gauge('node_filesystem_avail_bytes', 'Free space on the disk.', [[',mountpoint="/data"', stats.diskTotalBytes - stats.diskUsedBytes]]),
    gauge('supabase_usage_metrics_user_queries_total', 'Calls recorded by pg_stat_statements.', [['', stats.statements.reduce((sum, { calls }) => sum + calls, 0)]]),
    gauge('pg_read_only', '1 when the database refuses writes.', [['', stats.readonly ? 1 : 0]]),
    ...Object.entries(stats.gauges).map(([name, value]) => gauge(name, 'As the world gives it.', [['', value]])),
  ].join('\n')}\n`
}
