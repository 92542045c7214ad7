import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../src/core/time.ts'
import { recogniseSentryPost, type PostContext } from '../../../src/intake/recognise-sentry-post.ts'

const context: PostContext = {
  sentryAppIds: [], sentryHosts: [], organization: undefined, team: 'T1', eventId: 'Ev1',
  clock: createManualClock('2026-11-18T15:24:00Z'), newId: () => 'alert-1',
}
const sentry = { type: 'message', ts: '100.5', channel: 'C1', user: 'U9', bot_id: 'B1', app_id: 'A1', bot_profile: { name: 'Sentry', app_id: 'A1' } }
const section = (text: string, blockId?: string) => ({ type: 'section', ...(blockId !== undefined && { block_id: blockId }), text: { type: 'mrkdwn', text } })
const small = (text: string) => ({ type: 'context', elements: [{ type: 'mrkdwn', text }, { type: 'image', image_url: 'x', alt_text: 'y' }] })
const link = (url: string, title = 'TypeError', circle = ':red_circle:') => `${circle} <${url}|*${title}*>`
const issueUrl = 'https://harbour.sentry.io/issues/4711/?referrer=slack&amp;alert_rule_id=9'

function issuePost(changes: object = {}) {
  return {
    ...sentry,
    text: '[checkout] TypeError',
    blocks: [
      section(link(issueUrl), '{"issue":4711,"rule":9}'),
      small('pay(order)'),
      section('```cannot read &lt;total&gt;\nsecond line```'),
      section('environment: `production`  release: `<https://harbour.sentry.io/releases/1/|1.4.2>`'),
      small('Project: <https://harbour.sentry.io/issues/?project=2|checkout>    Short ID: CHECKOUT-7'),
    ],
    ...changes,
  }
}

function recognised(post: unknown, changes: Partial<PostContext> = {}) {
  return recogniseSentryPost(post, { ...context, ...changes })
}

describe('an issue alert', () => {
  it('is read whole: ids, names, level, tags, place and claims', () => {
    expect(recognised(issuePost())).toEqual({
      outcome: 'alert',
      claims: ['slack-event:Ev1', 'slack-message:C1:100.5'],
      alert: {
        id: 'alert-1', source: 'slack_alert', kind: 'issue', receivedAt: '2026-11-18T15:24:00.000Z',
        title: 'TypeError: cannot read <total>',
        text: expect.stringContaining('cannot read <total>'),
        place: { team: 'T1', channel: 'C1', threadTs: '100.5' },
        sentry: {
          issueId: '4711', ruleId: '9', organization: 'harbour', shortId: 'CHECKOUT-7', projectSlug: 'checkout', level: 'error',
          environment: 'production', release: '1.4.2', url: 'https://harbour.sentry.io/issues/4711/?referrer=slack&alert_rule_id=9',
        },
      },
    })
  })

  it.each([
    ['the older block id of the tags', [section(link(issueUrl)), section('x: `y`', '{"issue":4711,"block":"tags"}')]],
    ['a block id alone', [section('*TypeError*', '{"issue":"4711"}')]],
    ['the link alone', [section(link(issueUrl), 'tags_issue_9_rule_1')]],
    ['the organisation in the path', [section(link('https://sentry.io/organizations/harbour/issues/4711/'))]],
  ])('gives its issue by %s', (_what, blocks) => {
    expect(recognised(issuePost({ blocks }))).toMatchObject({ outcome: 'alert', alert: { kind: 'issue', sentry: { issueId: '4711' } } })
  })

  it('of an older Sentry is read from its attachment', () => {
    const post = { ...sentry, text: '', attachments: [{ title: 'TypeError', title_link: 'https://sentry.io/organizations/harbour/issues/4711/', text: 'boom', fallback: '[checkout] TypeError' }] }
    expect(recognised(post)).toMatchObject({ alert: { title: 'TypeError', sentry: { issueId: '4711', organization: 'harbour' } } })
  })

  it('names its event when the link does', () => {
    const url = `https://harbour.sentry.io/issues/4711/events/${'ab'.repeat(16)}/?workflow_id=3`
    expect(recognised(issuePost({ blocks: [section(link(url))] }))).toMatchObject({ alert: { sentry: { eventId: 'ab'.repeat(16), ruleId: '3' } } })
  })

  it.each([[':large_yellow_circle:', 'warning'], [':large_blue_circle:', 'info'], ['', undefined]])('with %s has the level %s', (circle, level) => {
    const found = recognised(issuePost({ blocks: [section(link(issueUrl, 'Slow', circle))] }))
    expect(found.outcome === 'alert' && found.alert.sentry?.level).toBe(level)
  })

  it('does not take a region of Sentry for an organisation', () => {
    const found = recognised(issuePost({ blocks: [section(link('https://de.sentry.io/issues/4711/'))] }))
    expect(found.outcome === 'alert' && found.alert.sentry).not.toHaveProperty('organization')
  })

  it('that repeats in its own thread stays in that thread', () => {
    expect(recognised(issuePost({ subtype: 'thread_broadcast', thread_ts: '90.1' }))).toMatchObject({ outcome: 'alert', alert: { place: { threadTs: '90.1' } } })
  })

  it('keeps a title and a text of any size within their limits', () => {
    const found = recognised(issuePost({ blocks: [section(link(issueUrl, 'x'.repeat(900))), section('y'.repeat(20_000))] }))
    expect(found.outcome === 'alert' && [found.alert.title.length, found.alert.text.length]).toEqual([300, 8000])
  })

  it('on a self-hosted Sentry counts when its host is configured', () => {
    const post = issuePost({ blocks: [section(link('https://sentry.harbour.example/organizations/harbour/issues/4711/'))] })
    expect(recognised(post)).toMatchObject({ outcome: 'ignored', reason: expect.stringContaining('not configured') })
    expect(recognised(post, { sentryHosts: ['sentry.harbour.example'] })).toMatchObject({ outcome: 'alert' })
  })
})

describe('a metric alert', () => {
  const metric = (status: string, color: string) => ({
    ...sentry,
    text: `<https://harbour.sentry.io/alerts/rules/details/5/?alert=6&amp;referrer=metric_alert_slack|*${status}: Errors above 100*>`,
    attachments: [{ color, blocks: [section('123 events in the last 10 minutes\n<!date^1700000000^Started: {date_pretty}|Started: 15:02>')] }],
  })

  it('is read from its text and attachment', () => {
    expect(recognised(metric('Critical', '#FA4747'))).toMatchObject({
      outcome: 'alert',
      alert: { kind: 'metric', title: 'Critical: Errors above 100', text: expect.stringContaining('Started: 15:02'), sentry: { ruleId: '5', organization: 'harbour' } },
    })
  })

  it.each([['Resolved', '#FA4747'], ['Critical', '#4DC771']])('that is over is left (%s, %s)', (status, color) => {
    expect(recognised(metric(status, color))).toMatchObject({ outcome: 'ignored', reason: 'a resolved metric alert' })
  })
})

describe('what is no alert', () => {
  it.each([
    ['another app\'s post', issuePost({ bot_profile: { name: 'Jenkins' } }), {}, 'not posted by Sentry'],
    ['a person who writes like Sentry', { ...issuePost(), bot_id: undefined, app_id: undefined, bot_profile: { name: 'Sentry' } }, {}, 'not posted by Sentry'],
    ['an app called Sentry when others are configured', issuePost(), { sentryAppIds: ['A7'] }, 'not posted by Sentry'],
    ['a reply of Sentry', issuePost({ thread_ts: '90.1' }), {}, 'a reply in an alert\'s thread'],
    ['an edit', issuePost({ subtype: 'message_changed' }), {}, 'a message_changed is no new alert'],
    ['an issue somebody handled', issuePost({ blocks: [section(link(issueUrl, 'TypeError', ':white_circle:'))] }), {}, 'somebody already resolved or archived the issue'],
    ['a digest', { ...sentry, text: '3 issues this week' }, {}, 'it names no issue and no metric alert'],
    ['a link to another host', issuePost({ blocks: [section(link('https://evil.example/issues/4711/'), '{"issue":4711}')] }), {}, 'its link leads to a Sentry that is not configured'],
    ['a host that only ends like Sentry\'s', issuePost({ blocks: [section(link('https://notsentry.io/issues/4711/'))] }), {}, 'its link leads to a Sentry that is not configured'],
    ['another organisation', issuePost(), { organization: 'lagoon' }, 'it is about the organisation harbour'],
    ['nothing', undefined, {}, 'not a message with a channel and a timestamp'],
    ['blocks of any shape', { ...sentry, blocks: 'none', attachments: [1], text: 7 }, {}, 'it names no issue and no metric alert'],
  ])('is ignored with a reason: %s', (_what, post, changes, reason) => {
    expect(recognised(post, changes)).toEqual({ outcome: 'ignored', reason })
  })

  it('becomes one when its app is configured by id', () => {
    expect(recognised(issuePost({ bot_profile: { name: 'Errors' } }), { sentryAppIds: ['A1'] })).toMatchObject({ outcome: 'alert' })
    expect(recognised(issuePost({ bot_profile: { name: 'Errors' } }), { sentryAppIds: ['B1'] })).toMatchObject({ outcome: 'alert' })
  })
})
