import type { SupabaseProject } from '../../../src/core/world/supabase.ts'
import { stableHex, stableUuid } from '../stable-id.ts'

/** The project as the Management API shows it. */
export function projectView(project: SupabaseProject): object {
  return {
    id: project.ref,
    ref: project.ref,
    organization_id: project.organization.id,
    organization_slug: project.organization.id,
    name: project.name,
    region: project.region,
    status: project.status,
    created_at: project.createdAt,
    database: { host: `db.${project.ref}.supabase.co`, version: project.databaseVersion, postgres_engine: project.databaseVersion.split('.')[0] ?? '17', release_channel: 'ga' },
  }
}

const services = ['auth', 'db', 'db_postgres_user', 'pooler', 'realtime', 'rest', 'storage', 'pg_bouncer'] as const

/** Health of the named services (of all but the old pooler when none is named); one the world does not mention is healthy. */
export function healthView(project: SupabaseProject, wanted: readonly string[]): object[] {
  const named = wanted.length > 0 ? services.filter((name) => wanted.includes(name)) : services.filter((name) => name !== 'pg_bouncer')
  return named.map((name) => {
    const known = project.health.find((health) => health.name === name)
    const status = known?.status ?? 'ACTIVE_HEALTHY'
    return { name, healthy: status === 'ACTIVE_HEALTHY', status, ...(known?.error !== undefined && { error: known.error }) }
  })
}

type EdgeFunction = SupabaseProject['functions'][number]

/** An edge function without its source; times in epoch milliseconds. */
export function functionView({ id, slug, name, status, version, createdAt, updatedAt, verifyJwt, source }: EdgeFunction): object {
  return {
    id, slug, name, status, version, created_at: Date.parse(createdAt), updated_at: Date.parse(updatedAt), verify_jwt: verifyJwt, import_map: false,
    entrypoint_path: `file:///tmp/user_fn_${id}_${version}/source/index.ts`, ezbr_sha256: stableHex(source, 64),
  }
}

/** The source of a function as the files of a multipart form, the way clients that can read source ask for it. */
export function functionBody({ id, version, source }: EdgeFunction): FormData {
  const form = new FormData()
  form.append('metadata', new Blob([JSON.stringify({ deno2_entrypoint_path: `file:///tmp/user_fn_${id}_${version}/source/index.ts` })], { type: 'application/json' }), 'metadata.json')
  form.append('file', new Blob([source], { type: 'application/typescript' }), 'source/index.ts')
  return form
}

/** The advisors' findings of one type. */
export function lintsView(project: SupabaseProject, type: 'security' | 'performance'): object {
  const lints = project.advisors.filter((advisor) => advisor.type === type).map(({ name, title, level, detail, metadata }) => ({
    name, title, level, facing: 'EXTERNAL', categories: [type.toUpperCase()], description: title, detail,
    remediation: `https://supabase.com/docs/guides/database/database-linter?lint=${name}`, metadata, cache_key: `${name}_${stableHex(detail, 12)}`,
  }))
  return { lints }
}

/** The project's branches; the default one is the project itself. */
export function branchesView(project: SupabaseProject): object[] {
  return project.branches.map(({ id, name, ref, isDefault, status, createdAt, updatedAt }) => ({
    id, name, project_ref: ref, parent_project_ref: project.ref, is_default: isDefault, git_branch: name, persistent: isDefault, status, created_at: createdAt, updated_at: updatedAt, with_data: false,
  }))
}

type BranchRun = SupabaseProject['branchRuns'][number]

/** A run of a branch as the Management API shows it. */
export function branchRunView(project: SupabaseProject, { id, branch, createdAt, updatedAt, steps }: BranchRun): object {
  return {
    id, branch_id: project.branches.find(({ name }) => name === branch)?.id ?? stableUuid(`branch:${branch}`), workdir: null, check_run_id: null, created_at: createdAt, updated_at: updatedAt,
    run_steps: steps.map((step) => ({ name: step.name, status: step.status, created_at: step.createdAt, updated_at: step.updatedAt })),
  }
}

/** API keys by name; the values are placeholders, since the lab gives none away. */
export function apiKeysView(project: SupabaseProject): object[] {
  const key = (type: 'legacy' | 'publishable' | 'secret', name: string, prefix: string): object => ({
    type, name, id: stableUuid(`${project.ref}:${name}`), prefix, api_key: `${prefix}${'·'.repeat(12)}`, inserted_at: project.createdAt, updated_at: project.createdAt,
  })
  return [key('legacy', 'anon', 'eyJhb'), key('legacy', 'service_role', 'eyJhb'), key('publishable', 'default', 'sb_publishable_'), key('secret', 'default', 'sb_secret_')]
}

/** The documents under `/config/…`, `/readonly`, `/network-restrictions` and the like, by path below the project. `now` is ISO 8601. */
export function configurationViews(project: SupabaseProject, now: string): Readonly<Record<string, object>> {
  const { config, network, stats, ref, createdAt } = project
  const pooled = { pool_mode: 'transaction', default_pool_size: 15, max_client_conn: 200, ...config.pooler }
  const connection = `postgresql://postgres.${ref}:[YOUR-PASSWORD]@aws-0-${project.region}.pooler.supabase.com:6543/postgres`
  const disk = { type: 'gp3', size_gb: Math.round(stats.diskTotalBytes / 1e9), iops: 3000, throughput_mibps: 125, ...config.disk }
  return {
    'config/auth': { ...config.auth },
    'config/storage': { fileSizeLimit: 52_428_800, features: { imageTransformation: { enabled: false }, s3Protocol: { enabled: true } }, ...config.storage },
    'config/realtime': { private_only: false, connection_pool: 5, max_concurrent_users: 200, max_events_per_second: 100, max_bytes_per_second: 100_000, max_channels_per_client: 100, max_joins_per_second: 100, suspend: false },
    'config/database/postgres': { max_connections: stats.maxConnections, ...config.postgres },
    'config/database/pgbouncer': { ...pooled, connection_string: connection },
    'config/database/pooler': [{
      identifier: ref, database_type: 'PRIMARY', is_using_scram_auth: true, db_user: `postgres.${ref}`, db_host: `aws-0-${project.region}.pooler.supabase.com`,
      db_port: 6543, db_name: 'postgres', connection_string: connection, connectionString: connection, ...pooled,
    }],
    'config/disk': { attributes: disk, last_modified_at: createdAt },
    'config/disk/util': { timestamp: now, metrics: { fs_size_bytes: stats.diskTotalBytes, fs_used_bytes: stats.diskUsedBytes, fs_avail_bytes: stats.diskTotalBytes - stats.diskUsedBytes } },
    'config/disk/autoscale': { growth_percent: 50, min_increment_gb: 4, max_size_gb: 60_000 },
    postgrest: { db_schema: 'public,graphql_public', max_rows: 1000, db_extra_search_path: 'public, extensions', db_pool: null },
    readonly: { enabled: stats.readonly, override_enabled: false, override_active_until: '1970-01-01T00:00:00.000Z' },
    'upgrade/status': { databaseUpgradeStatus: null },
    'network-restrictions': { entitlement: 'allowed', config: { dbAllowedCidrs: network.allowedCidrs, dbAllowedCidrsV6: network.allowedCidrs.includes('0.0.0.0/0') ? ['::/0'] : [] }, status: 'applied', applied_at: createdAt },
    'database/backups': { region: project.region, walg_enabled: true, pitr_enabled: false, backups: [], physical_backup_data: {} },
    'api-keys/legacy': { enabled: true },
  }
}
