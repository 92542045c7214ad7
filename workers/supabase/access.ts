import type { AccessNote } from '../kit/access.ts'

/** What the Supabase worker needs. */
export const supabaseAccess: AccessNote = {
  credential: 'A scoped personal access token of an account that can see only this project (Account, Access Tokens), and, if the data API is to be asked, the project’s publishable key.',
  permissions: [
    { name: 'database_read', for: 'read-only queries: tables, cron jobs, statements, locks, connections' },
    { name: 'analytics_logs_read', for: 'logs' },
    { name: 'database_migrations_read', for: 'migrations' },
    { name: 'edge_functions_read', for: 'edge functions and their source' },
    { name: 'advisors_read', for: 'advisors' },
    { name: 'projects_read', for: 'health' },
  ],
  avoid: [
    'the service_role or secret key: it passes row level security by and can write',
    'database_write and any other write permission',
  ],
}
