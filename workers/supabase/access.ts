import type { AccessNote } from '../kit/access.ts'

/** What the Supabase worker needs. */
export const supabaseAccess: AccessNote = {
  credential: 'A scoped personal access token of an account that can see only this project (Account, Access Tokens), and, if the data API is to be asked, the project’s publishable key.',
  permissions: [
    { name: 'database_read', for: 'read-only queries: tables, policies, plans, cron jobs, statements, locks, connections, counters' },
    { name: 'analytics_logs_read', for: 'logs, and counts of requests' },
    { name: 'database_migrations_read', for: 'migrations' },
    { name: 'edge_functions_read', for: 'edge functions and their source' },
    { name: 'advisors_read', for: 'advisors' },
    { name: 'projects_read', for: 'status and health' },
    { name: 'project_admin_read', for: 'disk, read-only mode, network restrictions and bans, sign-in settings' },
    { name: 'branching_read', for: 'branches and their runs' },
  ],
  avoid: [
    'the service_role or secret key: it passes row level security by and can write. Only the metrics endpoint takes nothing less; a secret key given for it is optional and sent nowhere else',
    'database_write and any other write permission',
  ],
}
