import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../src/core/time.ts'
import { recogniseSentryWebhook } from '../../../src/intake/recognise-sentry-webhook.ts'

const event = { event_id: 'e1', issue_id: '4711', title: 'TypeError: boom', culprit: 'pay(order)', level: 'error', web_url: 'https://harbour.sentry.io/issues/4711/events/e1/', release: '1.4.2', environment: 'production' }
const issue = { id: 4711, shortId: 'CHECKOUT-7', title: 'TypeError: boom', level: 'error', permalink: 'https://harbour.sentry.io/issues/4711/', project: { slug: 'checkout' } }
const metric = { metric_alert: { id: 6, identifier: '12', projects: ['checkout'], alert_rule: { id: 5 } }, description_title: 'Critical: Errors', description_text: '123 events', web_url: 'https://harbour.sentry.io/alerts/rules/details/5/' }

function recognised(resource: string | undefined, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return recogniseSentryWebhook(text, { resource, organization: 'harbour', clock: createManualClock('2026-11-18T15:24:00Z'), newId: () => 'alert-1' })
}

describe('a webhook of Sentry', () => {
  it('of an alert rule names issue, event, release and environment', () => {
    expect(recognised('event_alert', { action: 'triggered', data: { event, triggered_rule: 'New issues' } })).toEqual({
      outcome: 'alert',
      claims: ['sentry:event_alert:4711:e1'],
      alert: {
        id: 'alert-1', source: 'sentry_webhook', kind: 'issue', receivedAt: '2026-11-18T15:24:00.000Z',
        title: 'TypeError: boom', text: 'TypeError: boom\npay(order)\nAlert rule: New issues',
        sentry: { issueId: '4711', eventId: 'e1', level: 'error', release: '1.4.2', environment: 'production', url: event.web_url, organization: 'harbour' },
      },
    })
  })

  it.each(['created', 'unresolved'])('of an issue that was %s is an alert', (action) => {
    expect(recognised('issue', { action, data: { issue } })).toMatchObject({
      outcome: 'alert', claims: [`sentry:issue:${action}:4711`], alert: { sentry: { issueId: '4711', shortId: 'CHECKOUT-7', projectSlug: 'checkout', url: issue.permalink } },
    })
  })

  it.each(['critical', 'warning'])('of a metric alert that is %s is an alert', (action) => {
    expect(recognised('metric_alert', { action, data: metric })).toMatchObject({ outcome: 'alert', claims: [`sentry:metric_alert:${action}:6:12`], alert: { kind: 'metric', sentry: { ruleId: '5', projectSlug: 'checkout' } } })
  })

  it('has the same claims when it is sent again', () => {
    const [first, again] = [1, 2].map((attempt) => recognised('event_alert', { action: 'triggered', data: { event }, actor: { id: attempt } }))
    expect(first?.outcome === 'alert' && first.claims).toEqual(again?.outcome === 'alert' && again.claims)
  })

  it.each([
    ['issue', { action: 'resolved', data: { issue } }],
    ['metric_alert', { action: 'resolved', data: metric }],
    ['installation', { action: 'created', data: {} }],
    [undefined, { action: 'triggered', data: { event } }],
  ])('of another kind starts nothing (%s)', (resource, body) => {
    expect(recognised(resource, body)).toMatchObject({ outcome: 'ignored' })
  })

  it.each([
    ['no JSON', 'event_alert', '{', /not JSON/],
    ['a list', 'event_alert', [], /`action` and `data` are missing/],
    ['no issue id', 'event_alert', { action: 'triggered', data: { event: { ...event, issue_id: undefined } } }, /data\.event\.issue_id/],
    ['no event', 'event_alert', { action: 'triggered', data: {} }, /data\.event/],
    ['an issue without an id', 'issue', { action: 'created', data: { issue: { title: 'x' } } }, /data\.issue\.id/],
    ['a metric alert without an id', 'metric_alert', { action: 'critical', data: { metric_alert: {} } }, /data\.metric_alert\.id/],
  ])('is malformed with %s', (_what, resource, body, reason) => {
    expect(recognised(resource, body)).toMatchObject({ outcome: 'malformed', reason: expect.stringMatching(reason) })
  })

  it('may leave out everything but its ids', () => {
    expect(recognised('event_alert', { action: 'triggered', data: { event: { event_id: 'e1', issue_id: 7, culprit: null } } })).toMatchObject({ alert: { title: 'Sentry alert', sentry: { issueId: '7' } } })
  })
})
