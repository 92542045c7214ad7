import { describe, expect, it } from 'vitest'
import { sentryWorker } from '../../../../workers/sentry/worker.ts'
import { bindFakeService } from '../fake-service.ts'
import type { FakeAnswers } from '../fake-service.ts'

const bind = (answers: FakeAnswers) => bindFakeService(sentryWorker, { baseUrl: 'http://sentry.test', token: 't', organization: 'shop' }, answers)

const checkin = (at: string, status: string, duration: number | null) => ({ id: at, status, duration, dateCreated: at })
const frame = (filename: string, lineNo: number) => ({ filename, lineNo, function: 'run', inApp: true })

describe('Seer’s state', () => {
  const causes = [{ description: 'The cart is read before it is loaded', root_cause_reproduction: [{ title: 'The page asks for the cart', relevant_code_file: { file_path: 'src/cart.ts', repo_name: 'shop/web' } }] }]

  it('is told as an unchecked suspicion', async () => {
    const sentry = bind({ '/autofix/': { autofix: { run_id: 7, status: 'COMPLETED', updated_at: '2026-03-12T11:00:00Z', steps: [{ type: 'root_cause_analysis', title: 'Root cause', status: 'COMPLETED', causes }, { type: 'solution', status: 'COMPLETED', solution: [{ title: 'Wait for the cart' }] }] } } })
    const { text, signals } = await sentry.result('sentry_get_seer_state', { issue: '1' })
    expect(text).toContain('It proposes: Wait for the cart')
    expect(signals).toEqual([expect.objectContaining({ kind: 'knowledge', severity: 1, text: 'Seer suspects, unchecked: The cart is read before it is loaded', entities: expect.arrayContaining([{ kind: 'file', value: 'src/cart.ts' }]) })])
  })

  it('is read from a run that has no steps yet', async () => {
    expect((await bind({ '/autofix/': { autofix: { run_id: '7', status: 'PROCESSING', steps: null } } }).result('sentry_get_seer_state', { issue: '1' })).structured).toMatchObject({ state: { status: 'PROCESSING', causes: [] } })
  })
})

describe('a stack trace', () => {
  const event = {
    eventID: 'e'.repeat(32), projectID: 9, title: 'TypeError', platform: 'node', release: { version: '2', lastCommit: { id: 'abc1234' } },
    entries: [{ type: 'exception', data: { values: [{ type: 'TypeError', value: 'no cart', stacktrace: { frames: [frame('src/a.ts', 1), frame('src/b.ts', 2), frame('src/c.ts', 3), frame('src/d.ts', 4)] } }] } }],
  }

  it('asks for the source of the nearest frames only, at the release’s commit', async () => {
    const sentry = bind({ '/events/latest/': event, '/stacktrace-link/': { sourceUrl: 'https://code.test/blob/abc1234/x.ts', error: null } })
    const { links } = await sentry.result('sentry_get_stacktrace', { issue: '1' })
    const asked = sentry.asked.filter(({ pathname }) => pathname.endsWith('/stacktrace-link/'))
    expect(asked.map(({ searchParams }) => [searchParams.get('file'), searchParams.get('commitId')])).toEqual([['src/d.ts', 'abc1234'], ['src/c.ts', 'abc1234'], ['src/b.ts', 'abc1234']])
    expect(links[0]).toEqual({ title: 'src/d.ts:4', url: 'https://code.test/blob/abc1234/x.ts#L4' })
  })

  it.each([403, 404, 500])('does without links when Sentry answers %i for them', async (status) => {
    const { links, text } = await bind({ '/events/latest/': event, '/stacktrace-link/': status }).result('sentry_get_stacktrace', { issue: '1' })
    expect(links).toEqual([])
    expect(text).toContain('at src/d.ts:4 in run')
  })
})

describe('the activity of an issue', () => {
  it('comes with the issue where there is no page for it', async () => {
    const issue = { id: 1, shortId: 'WEB-1', title: 'x', project: { slug: 'web' }, count: 3, activity: [{ type: 'set_regression', dateCreated: '2026-03-12T10:00:00Z', user: null, data: { version: '2' } }] }
    const { signals } = await bind({ '/issues/1/': issue }).result('sentry_get_issue_activity', { issue: '1' })
    expect(signals).toEqual([expect.objectContaining({ kind: 'anomaly', severity: 2, at: '2026-03-12T10:00:00Z', text: expect.stringContaining('came back') })])
  })
})

describe('the check-ins of a cron monitor', () => {
  it('tell when the bad streak began, not when the last run failed', async () => {
    const checkins = [checkin('2026-03-12T11:00:00Z', 'timeout', 1), checkin('2026-03-12T10:00:00Z', 'missed', null), checkin('2026-03-12T09:00:00Z', 'ok', 900), checkin('2026-03-12T08:00:00Z', 'error', 5)]
    const { signals } = await bind({ '/checkins/': checkins }).result('sentry_list_cron_checkins', { monitor: 'nightly' })
    expect(signals).toEqual([expect.objectContaining({ severity: 3, at: '2026-03-12T10:00:00Z', count: 2, text: expect.stringContaining('missed') })])
  })

  it('tell since when the job takes longer', async () => {
    const checkins = [60_000, 61_000, 2_000, 2_100, 1_900].map((ms, index) => checkin(`2026-03-12T0${9 - index}:00:00Z`, 'ok', ms))
    const { signals } = await bind({ '/checkins/': checkins }).result('sentry_list_cron_checkins', { monitor: 'nightly' })
    expect(signals).toEqual([expect.objectContaining({ kind: 'healthy' }), expect.objectContaining({ kind: 'anomaly', at: '2026-03-12T08:00:00Z' })])
  })
})

describe('alerts', () => {
  it('tell what is switched off and what fired within a day', async () => {
    const workflows = [{ id: '1', name: 'Errors', enabled: false, detectorIds: ['5'] }, { id: '2', name: 'Slow', enabled: true, lastTriggered: '2026-03-12T03:00:00Z', detectorIds: ['5'] }]
    const detectors = [{ id: '5', name: 'p95', type: 'metric_issue', enabled: true, dataSources: [{ queryObj: { snubaQuery: { aggregate: 'p95(span.duration)', query: 'transaction:/cart', timeWindow: 300 } } }], conditionGroup: { conditions: [{ type: 'gt', comparison: 2000 }] } }]
    const { text, signals } = await bind({ '/workflows/': workflows, '/detectors/': detectors }).result('sentry_list_alerts')
    expect(text).toContain('p95(span.duration) of "transaction:/cart" in 5 min > 2000')
    expect(signals.map((signal) => signal.text)).toEqual([expect.stringContaining('Fired within the last day: Alert "Slow"'), expect.stringContaining('Alert "Errors" SWITCHED OFF')])
  })
})

describe('session health', () => {
  const group = (release: string, sessions: number, rate: number) => ({ by: { release }, totals: { 'sum(session)': sessions, 'crash_free_rate(session)': rate, 'crash_free_rate(user)': rate } })

  it('does not judge a release by a handful of sessions, or one that is like the others', async () => {
    const { signals } = await bind({ '/sessions/': { groups: [group('1', 9_000, 0.98), group('2', 800, 0.975), group('3', 4, 0.5)] } }).result('sentry_get_release_health')
    expect(signals).toEqual([expect.objectContaining({ kind: 'healthy' })])
  })
})
