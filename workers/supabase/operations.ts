import type { Operation } from '../../src/core/worker.ts'

function get(below: string): Operation {
  return { type: 'http', method: 'GET', path: `/v1/projects/{ref}${below}` }
}

/** The reads of the Management API and the data API that tools choose from. */
export const operations = {
  project: get(''),
  health: get('/health'),
  networkRestrictions: get('/network-restrictions'),
  /** A POST by the API's own cut; it retrieves. */
  networkBans: { type: 'http', method: 'POST', path: '/v1/projects/{ref}/network-bans/retrieve' },
  logs: get('/analytics/endpoints/logs'),
  apiCounts: get('/analytics/endpoints/usage.api-counts'),
  functionStats: get('/analytics/endpoints/functions.combined-stats'),
  migrations: get('/database/migrations'),
  functions: get('/functions'),
  function: get('/functions/{slug}'),
  functionBody: get('/functions/{slug}/body'),
  securityAdvisors: get('/advisors/security'),
  performanceAdvisors: get('/advisors/performance'),
  branches: get('/branches'),
  branchRuns: get('/actions'),
  branchRunLog: get('/actions/{run}/logs'),
  authConfig: get('/config/auth'),
  disk: get('/config/disk/util'),
  diskAutoscale: get('/config/disk/autoscale'),
  readonly: get('/readonly'),
  postgresConfig: get('/config/database/postgres'),
  select: { type: 'sql', path: '/v1/projects/{ref}/database/query/read-only' },
  metrics: { type: 'http', method: 'GET', path: '/customer/v1/privileged/metrics' },
  dataApi: { type: 'http', method: 'GET', path: '/rest/v1/{table}' },
} as const satisfies Record<string, Operation>
