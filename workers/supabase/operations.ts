import type { Operation } from '../../src/core/worker.ts'

function get(below: string): Operation {
  return { type: 'http', method: 'GET', path: `/v1/projects/{ref}${below}` }
}

/** The reads of the Management API and the data API that tools choose from. */
export const operations = {
  health: get('/health'),
  logs: get('/analytics/endpoints/logs'),
  migrations: get('/database/migrations'),
  functions: get('/functions'),
  function: get('/functions/{slug}'),
  functionBody: get('/functions/{slug}/body'),
  securityAdvisors: get('/advisors/security'),
  performanceAdvisors: get('/advisors/performance'),
  postgresConfig: get('/config/database/postgres'),
  select: { type: 'sql', path: '/v1/projects/{ref}/database/query/read-only' },
  dataApi: { type: 'http', method: 'GET', path: '/rest/v1/{table}' },
} as const satisfies Record<string, Operation>
