import { describe, expect, test } from 'vitest'
import { bindFake, edges } from './fake-railway.ts'

describe('railway_deployment_events', () => {
  const deployment = (id: string, createdAt: string, status: string) => ({ id, status, createdAt, serviceId: 's1', meta: {} })
  const step = (name: string, seconds: number | null, error: string | null = null) => ({
    step: name, createdAt: '2026-03-12T11:00:00Z', completedAt: seconds === null ? null : new Date(Date.parse('2026-03-12T11:00:00Z') + seconds * 1_000).toISOString(), payload: { error, reason: null, attempt: null, maxAttempts: null, durationMs: null },
  })
  const events = (byDeployment: Record<string, object[]>) => ({ id }: Record<string, unknown>) => ({ deploymentEvents: edges(...(byDeployment[String(id)] ?? [])) })

  test('names a step that failed, one that is far slower than before, and one that is still under way', async () => {
    const { result } = bindFake({
      list_deployments: { deployments: edges(deployment('d3', '2026-03-12T11:50:00Z', 'DEPLOYING'), deployment('d2', '2026-03-12T11:00:00Z', 'FAILED'), deployment('d1', '2026-03-11T11:00:00Z', 'SUCCESS')) },
      deployment_events: events({ d3: [step('BUILD_IMAGE', 300), step('HEALTHCHECK', null)], d2: [step('BUILD_IMAGE', 60), step('HEALTHCHECK', 300, 'no answer on /health')], d1: [step('BUILD_IMAGE', 70), step('HEALTHCHECK', 5)] }),
    })
    expect((await result('deployment_events', { service: 'api' })).signals.map(({ kind, text }) => `${kind}: ${text.replace(/^api: deployment of 2026-03-12 /, '')}`)).toEqual([
      'anomaly: 11:50:00Z took 300 s at BUILD_IMAGE, where 70 s was the most before.', 'state: 11:50:00Z is at HEALTHCHECK since 2026-03-12 11:00:00Z.',
      'error: 11:00:00Z failed at HEALTHCHECK: no answer on /health.',
    ])
  })
})

describe('railway_service_limits', () => {
  const values = (...all: number[]) => all.map((value, index) => ({ ts: Date.parse('2026-03-12T11:00:00Z') / 1_000 + index * 60, value }))

  test('puts the service nearest to its limit first and leaves out what this environment does not run', async () => {
    const { result } = bindFake({
      usage_by_service: { metrics: [{ measurement: 'MEMORY_USAGE_GB', tags: { serviceId: 's1' }, values: values(0.4, 0.98, 0.2) }, { measurement: 'CPU_USAGE', tags: { serviceId: 's1' }, values: values(0.1) }] },
      service_limits: ({ s }) => (s === 's1' ? { serviceInstanceLimits: { containers: { cpu: 2, memoryBytes: 1_000_000_000 } } } : 'ServiceInstance not found'),
    })
    const { structured, signals } = await result('service_limits')
    expect(structured).toMatchObject({ services: [{ service: 'api', memoryMostGb: 0.98, memoryMostAt: '2026-03-12T11:01:00Z' }] })
    expect(signals).toMatchObject([{ kind: 'state', severity: 3, text: 'api used 0.98 of its 1 GB of memory at 2026-03-12 11:01:00Z.' }])
  })

  test('fails when the limits cannot be read', async () => {
    expect(await bindFake({ usage_by_service: { metrics: [] }, service_limits: 'Problem processing request' }).outcome('service_limits')).toMatchObject({ ok: false, failure: { kind: 'unavailable' } })
  })
})

describe('railway_staged_changes', () => {
  test('says that nothing waits, and that the last apply failed', async () => {
    const { signals } = await bindFake({ staged_changes: { environmentStagedChanges: { status: 'STAGED', updatedAt: '2026-03-12T11:00:00Z', lastAppliedError: 'image not found', patch: {} } } }).result('staged_changes')
    expect(signals).toMatchObject([{ kind: 'error', text: 'Applying staged changes to production failed: image not found' }, { kind: 'healthy', text: 'Nothing is staged in production.' }])
  })
})

describe('railway_platform_status', () => {
  test('tells an incident from a maintenance that is over', async () => {
    const platformStatus = {
      isStable: false, incident: { message: 'Builds queue', status: 'INVESTIGATING', url: 'https://status.railway.example/1', createdAt: '2026-03-12T11:40:00Z' },
      maintenance: { message: 'Network', status: 'COMPLETED', start: '2026-03-11T02:00:00Z', url: 'https://status.railway.example/2' },
    }
    const { signals } = await bindFake({ platform_status: { platformStatus } }).result('platform_status')
    expect(signals.map(({ severity, at }) => [severity, at])).toEqual([[2, '2026-03-12T11:40:00Z'], [0, '2026-03-11T02:00:00Z']])
  })

  test('says that all is well', async () => {
    expect((await bindFake({ platform_status: { platformStatus: { isStable: true, incident: null, maintenance: null } } }).result('platform_status')).signals).toMatchObject([{ kind: 'healthy', severity: 0 }])
  })
})

describe('railway_environment_logs', () => {
  test('asks for warnings and errors unless told what to look for, and quotes a phrase', async () => {
    const filters: unknown[] = []
    const { result } = bindFake({ environment_logs: ({ filter }) => {
      filters.push(filter)
      return { environmentLogs: [] }
    } })
    await result('environment_logs')
    await result('environment_logs', { search: 'say "hi"' })
    await result('environment_logs', { search: 'x', level: 'error' })
    expect(filters).toEqual(['(@level:error OR @level:warn)', '"say  hi "', '@level:error AND "x"'])
  })
})
