import { parse } from 'libpg-query'

/** Functions that act, wait, reach outside the database, or run SQL they are given as text. Matched on the bare name. */
const ACTING_FUNCTIONS = new RegExp(
  `^(?:${[
    'pg_terminate_backend', 'pg_cancel_backend', 'set_config', 'dblink.*', 'lo_.*', 'loread', 'lowrite', 'pg_read_.*', 'pg_write_.*',
    'pg_file_.*', 'pg_ls_.*', 'pg_stat_file', 'pg_logdir_ls', 'pg_current_logfile', 'nextval', 'setval', 'pg_sleep.*', 'pg_notify', 'pg_advisory_.*',
    'pg_try_advisory_.*', 'pg_switch_wal', 'pg_create_.*', 'pg_drop_.*', 'pg_copy_.*', 'pg_replication_.*', 'pg_logical_.*', 'pg_promote',
    'pg_reload_conf', 'pg_rotate_logfile', 'pg_backup_.*', 'pg_start_backup', 'pg_stop_backup', 'pg_wal_replay_.*', 'pg_export_snapshot',
    'pg_sync_replication_slots', 'pg_stat_reset.*', 'pg_stat_statements_reset', 'pg_stat_force_next_flush', 'pg_import_system_collations', 'pg_log_.*',
    'pg_prewarm', 'autoprewarm_.*', 'pg_buffercache_evict.*', 'pg_restore_.*', 'pg_clear_.*', 'pg_set_.*', 'pg_nextoid', 'pg_truncate_.*',
    'brin_(?:de)?summarize_.*', 'brin_desummarize_.*', 'gin_clean_pending_list', 'query_to_xml.*', 'cursor_to_xml.*', 'table_to_xml.*', 'schema_to_xml.*',
    'database_to_xml.*', 'ts_stat', 'ts_rewrite', 'crosstab.*', 'connectby', 'http', 'http_.*', 'plpgsql_call_handler', 'current_setting',
  ].join('|')})$`,
)

/** Schemas whose functions send requests, keep secrets or schedule work. */
const ACTING_SCHEMAS = new Set(['net', 'cron', 'vault', 'pgsodium', 'pgmq', 'supabase_functions', 'graphql', 'http', 'extensions_http'])

/** Relations that hold credentials. */
const SECRET_SCHEMAS = new Set(['auth', 'vault', 'pgsodium'])
const SECRET_RELATIONS = new Set(['pg_authid', 'pg_shadow', 'pg_user_mapping', 'pg_user_mappings', 'pg_largeobject', 'pg_hba_file_rules', 'pg_file_settings', 'pg_subscription'])

/**
 * Why this SQL may not be sent, or null when it is one SELECT, or one EXPLAIN of a SELECT without ANALYZE, that neither
 * writes, locks, calls a function known to act, nor reads relations that hold credentials. It is the second layer:
 * the first is a database role that cannot write, because functions of the team's own are unknown here.
 */
export async function sqlRefusal(sql: string): Promise<string | null> {
  let statements: { stmt?: unknown }[]
  try {
    statements = (await parse(sql)).stmts ?? []
  } catch {
    return 'the SQL does not parse as PostgreSQL'
  }
  if (statements.length !== 1) return `there are ${statements.length} SQL statements where one is allowed`
  const statement = statements[0]?.stmt
  const [kind, node] = isRecord(statement) ? (Object.entries(statement)[0] ?? []) : []
  if (kind === 'ExplainStmt') return explainRefusal(node)
  if (kind !== 'SelectStmt') return `${nameOf(kind)} is not a SELECT or an EXPLAIN`
  return nodeRefusal(statement)
}

function explainRefusal(node: unknown): string | null {
  if (!isRecord(node)) return 'the EXPLAIN does not parse'
  const options = Array.isArray(node['options']) ? node['options'] : []
  if (options.some((option) => at(option, 'DefElem', 'defname') === 'analyze')) return 'EXPLAIN ANALYZE runs the statement'
  const query = node['query']
  if (!isRecord(query) || !('SelectStmt' in query)) return 'only a SELECT may be explained'
  return nodeRefusal(query)
}

/** Walks the syntax tree; the parser's own nesting limit bounds the depth. */
function nodeRefusal(node: unknown): string | null {
  if (Array.isArray(node)) return firstRefusal(node)
  if (!isRecord(node)) return null
  for (const [key, value] of Object.entries(node)) {
    if (key.endsWith('Stmt') && key !== 'SelectStmt' && key !== 'selectStmt') return `${nameOf(key)} inside the SELECT writes`
    if (key === 'intoClause') return 'SELECT INTO creates a table'
    if (key === 'lockingClause') return 'FOR UPDATE and FOR SHARE take locks'
    if (key === 'FuncCall') {
      const refusal = functionRefusal(value)
      if (refusal !== null) return refusal
    }
    if (key === 'RangeVar') {
      const refusal = relationRefusal(value)
      if (refusal !== null) return refusal
    }
  }
  return firstRefusal(Object.values(node))
}

function firstRefusal(nodes: readonly unknown[]): string | null {
  for (const node of nodes) {
    const refusal = nodeRefusal(node)
    if (refusal !== null) return refusal
  }
  return null
}

function functionRefusal(call: unknown): string | null {
  const parts = at(call, 'funcname')
  const names = (Array.isArray(parts) ? parts : []).map((part) => textAt(part, 'String', 'sval').toLowerCase())
  const name = names.at(-1) ?? ''
  const schema = names.length > 1 ? (names.at(-2) ?? '') : ''
  return ACTING_FUNCTIONS.test(name) || ACTING_SCHEMAS.has(schema) ? `the function ${names.join('.')} is not allowed` : null
}

function relationRefusal(relation: unknown): string | null {
  const schema = textAt(relation, 'schemaname').toLowerCase()
  const name = textAt(relation, 'relname').toLowerCase()
  return SECRET_SCHEMAS.has(schema) || SECRET_RELATIONS.has(name) ? `${schema === '' ? name : `${schema}.${name}`} holds credentials` : null
}

function nameOf(kind: string | undefined): string {
  return (kind ?? 'nothing').replace(/Stmt$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase()
}

function at(node: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), node)
}

function textAt(node: unknown, ...keys: readonly string[]): string {
  const value = at(node, ...keys)
  return typeof value === 'string' ? value : ''
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
