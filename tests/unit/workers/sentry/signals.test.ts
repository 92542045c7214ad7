import { describe, expect, it } from 'vitest'
import { sentryWorker } from '../../../../workers/sentry/worker.ts'
import { bindFakeService } from '../fake-service.ts'
import type { FakeAnswers } from '../fake-service.ts'

const bind = (answers: FakeAnswers) => bindFakeService(sentryWorker, { baseUrl: 'http://sentry.test', token: 't', organization: 'shop' }, answers)
const issue = (more: object = {}) => ({ id: 1, shortId: 'WEB-1', title: 'TypeError: no cart', level: 'error', status: 'unresolved', project: { slug: 'web' }, count: 200, userCount: 9, tags: [], ...more })

describe('what the events of an issue share', () => {
  const tag = (key: string, value: string, count: number, total: number) => ({ [`/tags/${key}/`]: { key, uniqueValues: 2, totalValues: total, topValues: [{ value, count }] } })
  const answers = { ...tag('tenant', 'acme', 190, 200), ...tag('region', 'eu', 200, 200), ...tag('environment', 'production', 200, 200), '/issues/1/': issue() }
  const keys = ['tenant', 'region', 'environment']
  const told = async (more: FakeAnswers) => (await bind({ ...answers, ...more }).result('sentry_get_issue_tags', { issue: '1', keys })).signals.map(({ severity, text }) => [severity, text])

  it('is a lead where the project’s other errors have it seldom, and context where they have it too', async () => {
    const rows = [{ tenant: 'acme', region: 'eu', environment: 'production', 'count()': 5 }, { tenant: 'other', region: 'eu', environment: 'production', 'count()': 95 }]
    expect(await told({ '/events/': { data: rows } })).toEqual([
      [2, 'tenant=acme in 95 % of the events of WEB-1 (190 of 200), in 5 % of the project’s other errors'], [0, 'Nearly all events of WEB-1 have region=eu, environment=production, as one would expect'],
    ])
  })

  it.each([['are too few', { data: [{ tenant: 'acme', 'count()': 2 }] }], ['cannot be counted', 400]])('is told with its share alone where the other errors %s', async (_, events) => {
    expect(await told({ '/events/': events })).toEqual([
      [1, 'tenant=acme in 95 % of the events of WEB-1 (190 of 200)'], [1, 'region=eu in 100 % of the events of WEB-1 (200 of 200)'], [0, 'Nearly all events of WEB-1 have environment=production, as one would expect'],
    ])
  })

  it('leads with what is shared', async () => {
    expect((await bind(answers).result('sentry_get_issue_tags', { issue: '1', keys: ['tenant'] })).signals[0]?.entities[0]).toMatchObject({ kind: 'user', value: 'acme' })
  })
})

describe('an issue', () => {
  it.each([
    ['just before', '2026-03-12T09:52:00Z', 1, 'Release v2 of 2026-03-12 09:52:00Z is the first in which WEB-1 was seen, 8 min before the first event'],
    ['long before', '2026-03-02T10:00:00Z', 0, 'Release v2 of 2026-03-02 10:00:00Z is the first in which WEB-1 was seen, 10 d before the first event'],
  ])('tells that its first release was made %s its first event', async (_, dateCreated, severity, text) => {
    const { signals } = await bind({ '/issues/1/': issue({ firstSeen: '2026-03-12T10:00:00Z', firstRelease: { version: 'v2', dateCreated } }) }).result('sentry_get_issue', { issue: '1' })
    expect(signals.find(({ kind }) => kind === 'change')).toMatchObject({ severity, text })
  })

  it('tells when it grew, from how much to how much', async () => {
    const hours = [2, 2, 2, 2, 2, 40, 44, 42].map((count, index) => [Date.parse('2026-03-12T04:00:00Z') / 1_000 + index * 3_600, count])
    const { signals } = await bind({ '/issues/1/': issue({ firstSeen: '2026-01-12T10:00:00Z', stats: { '24h': hours } }) }).result('sentry_get_issue', { issue: '1' })
    expect(signals).toContainEqual(expect.objectContaining({ kind: 'anomaly', severity: 2, at: '2026-03-12T09:00:00.000Z', text: 'WEB-1 rose at 2026-03-12 09:00:00Z: from 2.0 to 42.0 events an hour' }))
  })

  it('folds messages that differ by ids only', async () => {
    const events = ['order 71 has no cart', 'order 72 has no cart', 'cart is locked'].map((message, index) => ({ eventID: String(index).repeat(32), message, dateCreated: `2026-03-12T10:0${index}:00Z` }))
    const { signals } = await bind({ '/issues/1/events/': events }).result('sentry_list_issue_events', { issue: '1' })
    expect(signals.map(({ text }) => text)).toEqual(['2 of 3 events of 1: order 71 has no cart', '1 of 3 events of 1: cart is locked'])
  })
})

describe('a cron monitor', () => {
  const monitor = (more: object) => [{ id: 1, slug: 'nightly', name: 'Nightly', status: 'active', project: { slug: 'web' }, config: { schedule: '0 2 * * *', timezone: 'America/New_York' }, ...more }]
  const checkins = [{ id: 1, status: 'ok', duration: 900, dateCreated: '2026-03-11T06:00:00Z' }]
  const signalOf = async (more: object) => (await bind({ '/monitors/': monitor(more), '/monitors/nightly/checkins/': checkins }).result('sentry_list_cron_monitors')).signals[0]

  it('is overdue where its next check-in should have come, in the time zone of its schedule', async () => {
    expect(await signalOf({ environments: [{ name: 'production', nextCheckIn: '2026-03-12T06:00:00Z' }] })).toMatchObject({
      kind: 'absence', severity: 2, at: '2026-03-12T06:00:00Z', text: 'Cron monitor nightly of web (0 2 * * * America/New_York) is overdue: expected at 2026-03-12 06:00:00Z, last check-in 2026-03-11 06:00:00Z',
    })
  })

  it('is told to be switched off', async () => {
    expect(await signalOf({ status: 'disabled' })).toMatchObject({ kind: 'state', severity: 1, text: expect.stringContaining('nobody is told when it fails') })
  })
})
