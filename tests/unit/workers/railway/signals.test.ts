import { describe, expect, test } from 'vitest'
import { bindFake, edges } from './fake-railway.ts'

const deployment = (id: string, createdAt: string, status: string, meta: object = {}) => ({ id, status, createdAt, serviceId: 's1', meta })
const [good, bad, later] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)] as const
const history = { deployments: edges(
  deployment('d3', '2026-03-12T11:00:00Z', 'FAILED', { commitHash: later, commitMessage: 'Fix rates' }), deployment('d2', '2026-03-11T11:00:00Z', 'FAILED', { commitHash: bad, commitMessage: 'New router' }),
  deployment('d1', '2026-03-10T11:00:00Z', 'SUCCESS', { commitHash: good, commitMessage: 'Tidy up' }),
) }
const line = (timestamp: string, message: string, severity = 'info') => ({ timestamp, message, severity })

describe('a deployment that failed', () => {
  test('comes with what still runs, where it broke first, and where to read on', async () => {
    const { signals } = await bindFake({ list_deployments: history }).result('list_deployments')
    expect(signals.map(({ severity, text }) => [severity, text])).toEqual([
      [3, 'api still runs commit aaaaaaaaaaaa of 2026-03-10 11:00:00Z: 2 deployments since then FAILED, the first at 2026-03-11 11:00:00Z: commit bbbbbbbbbbbb "New router".'],
      [2, 'api: the deployment of 2026-03-12 11:00:00Z is FAILED: commit cccccccccccc "Fix rates"; its build log (railway_build_logs) says why.'],
      [3, 'api: the deployment of 2026-03-11 11:00:00Z is FAILED: commit bbbbbbbbbbbb "New router"; its build log (railway_build_logs) says why.'],
      [1, 'api was deployed at 2026-03-10 11:00:00Z (SUCCESS): commit aaaaaaaaaaaa "Tidy up".'],
    ])
  })

  test.each(['build_logs', 'deployment_events'])('shows in %s the lines at which its build stopped, though the builder calls them information', async (tool) => {
    const buildLogs = [line('2026-03-12T11:00:01Z', 'using build driver railpack'), line('2026-03-12T11:00:09Z', 'npm error code EUSAGE'), line('2026-03-12T11:00:10Z', 'process "npm ci" did not complete successfully: exit code: 1')]
    const { signals } = await bindFake({ list_deployments: history, build_logs: { buildLogs }, deployment_events: { deploymentEvents: edges() } }).result(tool, { service: 'api' })
    expect(signals.filter(({ kind }) => kind === 'error').map(({ text }) => text.replace(/of \w{12} /, ''))).toEqual(['api: the build stopped at: npm error code EUSAGE', 'api: the build stopped at: process "npm ci" did not complete successfully: exit code: 1'])
  })

  test('is told without its build log where that cannot be read', async () => {
    const { signals } = await bindFake({ list_deployments: history, build_logs: 'Not Authorized', deployment_events: { deploymentEvents: edges() } }).result('deployment_events', { service: 'api' })
    expect(signals).toMatchObject([{ text: expect.stringContaining('still runs') }])
  })
})

describe('a deployment after a change of variables', () => {
  const redeployed = { deployments: edges(deployment('d2', '2026-03-12T11:00:00Z', 'SUCCESS', { reason: 'variables', commitHash: good, commitAuthor: 'iokafor' })) }

  test('names the variable and who changed it, and blames no commit', async () => {
    const activity = { events: edges({ id: 'a', createdAt: '2026-03-12T10:59:40Z', action: 'updated', object: 'Variable', environmentId: 'e', activityPayload: { service: 'api', name: 'PING_SECONDS', actor: 'praman' } }) }
    const { signals } = await bindFake({ list_deployments: redeployed, activity }).result('list_deployments')
    expect(signals.map(({ text }) => text)).toEqual(['api was redeployed after a change of PING_SECONDS by praman at 2026-03-12 11:00:00Z (SUCCESS); its commit aaaaaaaaaaaa ran before.'])
    expect(signals[0]?.entities.map(({ kind }) => kind)).toEqual(['variable', 'service', 'deployment', 'user'])
  })

  test('is told without the variable where the activity cannot be read', async () => {
    const { signals } = await bindFake({ list_deployments: redeployed, activity: 'Not Authorized' }).result('list_deployments')
    expect(signals[0]?.text).toContain('after a change of variables at')
  })
})

describe('what a service says of itself', () => {
  const two = { deployments: edges(deployment('d2', '2026-03-12T09:00:00Z', 'SUCCESS'), deployment('d1', '2026-03-10T09:00:00Z', 'REMOVED')) }
  const said = (byDeployment: Record<string, object[]>) => ({ id, startDate, endDate }: Record<string, unknown>) => ({
    deploymentLogs: (byDeployment[String(id)] ?? []).filter((one) => 'timestamp' in one && String(one.timestamp) >= String(startDate) && String(one.timestamp) <= String(endDate)),
  })

  test('at its start, before the window, is read too, and a setting that differs from the last deployment’s is a change', async () => {
    const { signals, text } = await bindFake({ list_deployments: two, deploy_logs: said({
      d1: [line('2026-03-10T09:01:00Z', 'ping every 25 s')], d2: [line('2026-03-12T09:01:00Z', 'ping every 90 s'), line('2026-03-12T11:30:00Z', 'GET /a 200 max 5 ms')],
    }) }).result('deploy_logs', { service: 'api' })
    expect(text).toContain('Said at the start, before the window:')
    expect(signals.map(({ kind, severity, text: one }) => [kind, severity, one])).toEqual([
      ['change', 2, 'api logs "ping every 90 s" since 2026-03-12 09:01:00Z; until 2026-03-10 09:01:00Z it was "ping every 25 s".'], ['state', 0, 'api logs: ping every 90 s'],
    ])
  })

  test('in counts that vary is no change', async () => {
    const { signals } = await bindFake({ list_deployments: two, deploy_logs: said({ d2: [3, 4, 5, 9].map((rows, index) => line(`2026-03-12T11:3${index}:00Z`, `pool ${rows} in use`)) }) }).result('deploy_logs', { service: 'api' })
    expect(signals.filter(({ kind }) => kind === 'change')).toEqual([])
  })
})

describe('railway_variable_names', () => {
  test('says what each variable is for, a variable a line', async () => {
    const variables = { RATES_URL: 'https://u:hunter2@rates.northway.example/v2', PING_SECONDS: '90', RATES_TOKEN: 'abc-hunter2', OLD_TOKEN: 'abc-hunter2', CACHE: 'redis://cash.railway.internal:6379' }
    const got = await bindFake({ variables: { variables } }).result('variable_names', { service: 'api' })
    expect(got.signals.map(({ severity, text }) => [severity, text])).toEqual([
      [2, 'CACHE of api points at cash.railway.internal, and no service of this project is called cash.'],
      [0, 'CACHE of api points at cash.railway.internal:6379.'], [0, 'OLD_TOKEN of api is a credential.'], [0, 'PING_SECONDS of api is 90.'], [0, 'RATES_TOKEN of api is a credential.'],
      [0, 'RATES_URL of api points at rates.northway.example.'],
    ])
    expect(got.signals.at(-1)?.entities).toEqual([{ kind: 'variable', value: 'RATES_URL' }, { kind: 'host', value: 'rates.northway.example' }, { kind: 'service', value: 'api' }])
    expect(JSON.stringify(got)).not.toContain('hunter2')
  })
})

describe('railway_get_service_config', () => {
  test('names the settings of the health check, and what keeps a service down', async () => {
    const serviceInstance = { healthcheckPath: '/healthz', healthcheckTimeout: 25, preDeployCommand: null, restartPolicyType: 'NEVER', sleepApplication: true, numReplicas: 1 }
    const { signals } = await bindFake({ service_config: { serviceInstance }, service_limits: { serviceInstanceLimits: {} } }).result('get_service_config', { service: 'api' })
    expect(signals.map(({ severity, entities }) => [severity, entities.find(({ kind }) => kind === 'variable')?.value])).toEqual([[1, 'sleepApplication'], [1, 'restartPolicyType'], [0, 'healthcheckTimeout']])
    expect(signals.at(-1)?.text).toBe('healthcheckTimeout of api: 25 seconds for the first answer of /healthz (healthcheckPath).')
  })
})

describe('railway_http_logs', () => {
  test('says that requests end after the same long time, and since when', async () => {
    const request = (timestamp: string, totalDuration: number) => ({ timestamp, requestId: timestamp, method: 'GET', path: '/socket', host: 'h', httpStatus: 101, totalDuration, upstreamRqDuration: 1, upstreamErrors: '', responseDetails: '' })
    const httpLogs = [request('2026-03-12T11:10:00Z', 400_000), ...[1, 2, 3, 4, 5].map((minute) => request(`2026-03-12T11:2${minute}:00Z`, 30_000 + minute))]
    const { signals } = await bindFake({ list_deployments: { deployments: edges(deployment('d1', '2026-03-10T09:00:00Z', 'SUCCESS')) }, http_logs: { httpLogs } }).result('http_logs', { service: 'api' })
    expect(signals).toMatchObject([{ kind: 'anomaly', severity: 2, at: '2026-03-12T11:21:00Z', text: 'api: the last 5 of GET /socket (101) all end after 30 s, since 2026-03-12 11:21:00Z: a timeout of 30 s ends them.' }])
  })
})
