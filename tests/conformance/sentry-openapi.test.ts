import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLab } from '../../training/lab/lab.ts'
import { loadWorld } from '../../training/lab/world/load-world.ts'
import { readOpenApi } from './openapi.ts'

const world = await loadWorld(join(import.meta.dirname, '../fixtures/world'))
const openApi = readOpenApi('sentry-openapi.json')
const trace = world.sentry.traces[0]?.id ?? ''
const event = world.sentry.issues[0]?.events[0]?.id ?? ''
const replay = world.sentry.replays[0]?.id ?? ''

const o = '/api/0/organizations/{organization_id_or_slug}'
const p = '/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}'

/** Documented path → what stands for its parameters, and the query. */
const documented: readonly [path: string, parameters: Record<string, string>, query?: string][] = [
  ['/api/0/organizations/', {}],
  [`${o}/`, {}],
  [`${o}/projects/`, {}],
  [`${o}/teams/`, {}],
  [`${o}/members/`, {}],
  [`${o}/members/{member_id}/`, { member_id: '1001' }],
  [`${o}/environments/`, {}],
  [`${o}/repos/`, {}],
  [`${o}/dashboards/`, {}],
  [`${o}/issues/`, {}, 'query=&expand=inbox&expand=owners&expand=sessions&expand=integrationIssues&expand=sentryAppIssues&expand=latestEventHasAttachments'],
  [`${o}/issues/{issue_id}/`, { issue_id: '60001' }],
  [`${o}/issues/{issue_id}/events/`, { issue_id: '60001' }],
  [`${o}/issues/{issue_id}/events/{event_id}/`, { issue_id: '60001', event_id: 'latest' }],
  [`${o}/issues/{issue_id}/tags/{key}/`, { issue_id: '60001', key: 'environment' }],
  [`${o}/issues/{issue_id}/tags/{key}/values/`, { issue_id: '60001', key: 'environment' }],
  [`${o}/issues/{issue_id}/hashes/`, { issue_id: '60001' }],
  [`${o}/issues/{issue_id}/external-issues/`, { issue_id: '60001' }],
  [`${o}/issues/{issue_id}/autofix/`, { issue_id: '60001' }],
  [`${o}/shortids/{issue_id}/`, { issue_id: 'QUOTE-API-1A' }],
  [`${o}/eventids/{event_id}/`, { event_id: event }],
  [`${o}/events/`, {}, 'dataset=errors&field=title&field=count()'],
  [`${o}/events-timeseries/`, {}, 'dataset=spans&yAxis=p95(span.duration)&statsPeriod=3h'],
  [`${o}/tags/`, {}, 'dataset=events'],
  [`${o}/trace-items/attributes/`, {}, 'itemType=spans'],
  [`${o}/trace/{trace_id}/`, { trace_id: trace }],
  [`${o}/trace-meta/{trace_id}/`, { trace_id: trace }],
  [`${o}/releases/`, {}, 'health=1'],
  [`${o}/releases/{version}/`, { version: 'quote-api@1.5.0' }],
  [`${o}/releases/{version}/deploys/`, { version: 'quote-api@1.5.0' }],
  [`${o}/releases/{version}/commits/`, { version: 'quote-api@1.5.0' }],
  [`${o}/sessions/`, {}, 'field=sum(session)&field=crash_free_rate(session)&groupBy=release&statsPeriod=24h'],
  [`${o}/monitors/`, {}],
  [`${o}/monitors/{monitor_id_or_slug}/`, { monitor_id_or_slug: 'nightly-rates' }],
  [`${o}/monitors/{monitor_id_or_slug}/checkins/`, { monitor_id_or_slug: 'nightly-rates' }],
  [`${o}/workflows/`, {}],
  [`${o}/workflows/{workflow_id}/`, { workflow_id: '4401' }],
  [`${o}/detectors/`, {}],
  [`${o}/detectors/{detector_id}/`, { detector_id: '94402' }],
  [`${o}/replay-count/`, {}, 'query=issue.id:[60001]'],
  [`${o}/replays/`, {}],
  [`${o}/replays/{replay_id}/`, { replay_id: replay }],
  [`${p}/`, {}],
  [`${p}/environments/`, {}],
  [`${p}/teams/`, {}],
  [`${p}/issues/`, {}, 'query='],
  [`${p}/events/`, {}],
  [`${p}/events/{event_id}/`, { event_id: event }],
  [`${p}/users/`, {}],
  [`${p}/releases/`, {}],
  [`${p}/keys/`, {}],
  [`${p}/tags/{key}/values/`, { key: 'environment' }],
  [`${p}/monitors/{monitor_id_or_slug}/checkins/`, { monitor_id_or_slug: 'nightly-rates' }],
  ['/api/0/teams/{organization_id_or_slug}/{team_id_or_slug}/', { team_id_or_slug: 'freight' }],
]

/**
 * Where the document and the service part, by what Sentry's own clients accept: a monitor's environments are a list, and
 * an issue carries `derivedData` for nobody but Sentry's own pages.
 */
const misprints = [/\/environments must be object/, /required property 'derivedData'/]

describe('the simulated Sentry, against Sentry\'s OpenAPI', () => {
  const lab = createLab(world)
  it.each(documented)('answers GET %s as documented', async (path, parameters, query = '') => {
    const values: Record<string, string> = { organization_id_or_slug: 'larkspur', project_id_or_slug: 'quote-api', ...parameters }
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
    const response = await lab.fetch(`${lab.services.sentry.url}${filled}?${query}`, { headers: { authorization: `Bearer ${lab.services.sentry.token}` } })
    expect(response.status).toBe(200)
    const problems = openApi.problems(path, response.status, await response.json())
    expect(problems.filter((problem) => !misprints.some((misprint) => misprint.test(problem)))).toEqual([])
  })
})
