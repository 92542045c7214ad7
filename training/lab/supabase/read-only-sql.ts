import { parse } from 'libpg-query'

/** SQL taken apart into statements that only read, or the reason it is none. */
export type ReadOnlySql = { readonly ok: true; readonly statements: readonly string[] } | { readonly ok: false; readonly reason: string; readonly code: string; readonly isWrite: boolean }

interface ParseResult {
  readonly stmts?: readonly { readonly stmt: Readonly<Record<string, unknown>>; readonly stmt_location?: number; readonly stmt_len?: number }[]
}

const reading = new Set(['SelectStmt', 'ExplainStmt', 'VariableShowStmt'])
const writing = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'IntoClause', 'CreateTableAsStmt'])
/** Functions that reach beyond the query they stand in. Postgres lets a read-only transaction call them. */
const reaching = /^(pg_terminate_backend|pg_cancel_backend|pg_notify|pg_(try_)?advisory\w*|pg_reload_conf|pg_switch_wal|set_config|dblink\w*|lo_\w+|nextval|setval|pg_create_\w+|pg_drop_\w+|pg_read_\w+|pg_ls_dir|pg_write_\w+|http\w*|net\w*|schedule|unschedule|create_secret|update_secret)$/

/** Every node name and every called function in a parse tree. */
function contents(node: unknown, found: { nodes: Set<string>; functions: Set<string> }): void {
  if (Array.isArray(node)) for (const item of node) contents(item, found)
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return
  for (const [key, value] of Object.entries(node)) {
    found.nodes.add(key)
    if (key === 'intoClause') found.nodes.add('IntoClause')
    if (key === 'funcname') for (const part of value as { String?: { sval?: string } }[]) found.functions.add(part.String?.sval ?? '')
    contents(value, found)
  }
}

function tagOf(statement: string): string {
  return statement.replace(/Stmt$/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase()
}

/**
 * Reads SQL with Postgres' own parser. Only SELECT, EXPLAIN and SHOW pass; whatever would write, control the transaction,
 * change a setting or reach outside is refused as a read-only transaction refuses it, and named a write.
 */
export async function readOnlySql(sql: string): Promise<ReadOnlySql> {
  let tree: ParseResult
  try {
    tree = (await parse(sql)) as ParseResult
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error), code: '42601', isWrite: false }
  }
  const bytes = new TextEncoder().encode(sql)
  const statements: string[] = []
  for (const { stmt, stmt_location: from = 0, stmt_len: length } of tree.stmts ?? []) {
    const [kind = ''] = Object.keys(stmt)
    const found = { nodes: new Set<string>(), functions: new Set<string>() }
    contents(stmt, found)
    const write = reading.has(kind) ? [...found.nodes].find((node) => writing.has(node)) : kind
    if (write) return { ok: false, reason: `cannot execute ${tagOf(write)} in a read-only transaction`, code: '25006', isWrite: true }
    const call = [...found.functions].find((name) => reaching.test(name))
    if (call) return { ok: false, reason: `permission denied for function ${call}`, code: '42501', isWrite: true }
    statements.push(new TextDecoder().decode(bytes.slice(from, length ? from + length : undefined)))
  }
  return { ok: true, statements }
}
