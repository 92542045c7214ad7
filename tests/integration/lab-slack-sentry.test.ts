import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkBlocks } from '../../training/lab/slack/blocks/check.ts'
import { startSocketModeBolt, until, type BoltOnLab } from '../fixtures/bolt-on-lab.ts'

const alert = {
  organization: 'harbour',
  project: 'checkout',
  issueId: '4711',
  shortId: 'CHECKOUT-7',
  title: 'TypeError: <x> & y',
  message: 'boom',
  culprit: 'pay(order)',
  tags: { environment: 'prod' },
  ruleId: '9',
}

let lab: BoltOnLab
let heard: Record<string, unknown>[]
beforeEach(async () => {
  heard = []
  lab = await startSocketModeBolt({}, (app) => {
    app.message((args) => {
      heard.push({ ...args.message })
      return Promise.resolve()
    })
  })
})
afterEach(() => lab.close())

describe("Sentry's posts", () => {
  it('arrive as a message of another app without a subtype, the issue id in the first block_id', async () => {
    lab.slack.people.postSentryAlert('alerts', alert)
    await until(() => heard.length === 1)
    const [event] = heard
    expect(event).toMatchObject({
      type: 'message',
      channel_type: 'channel',
      text: '[checkout] TypeError: <x> & y',
      bot_profile: { name: 'Sentry' },
    })
    expect(event).not.toHaveProperty('subtype')
    const [title] = (event?.['blocks'] ?? []) as { block_id: string; text: { text: string } }[]
    expect(JSON.parse(String(title?.block_id))).toEqual({ issue: 4711, rule: 9 })
    expect(title?.text.text).toMatch(
      /^:red_circle: <https:\/\/harbour\.sentry\.io\/issues\/4711\/\?referrer=slack&alert_rule_id=9&.*\|\*TypeError: &lt;x&gt; &amp; y\*>$/,
    )
  })

  it('repeat an alert as a broadcast reply in its own thread', async () => {
    const first = lab.slack.people.postSentryAlert('alerts', alert)
    lab.slack.people.postSentryAlert('alerts', alert, { threadTs: first.ts })
    await until(() => heard.length === 2)
    expect(heard[1]).toMatchObject({ subtype: 'thread_broadcast', thread_ts: first.ts, root: { ts: first.ts } })
    const history = await lab.client.conversations.history({ channel: String(heard[0]?.['channel']) })
    expect(history.messages).toHaveLength(2)
  })

  it('mark a handled issue by a white circle', () => {
    const { blocks } = lab.slack.people.postSentryAlert('alerts', { ...alert, handled: true })
    expect(JSON.stringify(blocks?.[0])).toContain(':white_circle:')
  })

  it('bring a metric alert in an attachment, its link in the text', async () => {
    lab.slack.people.postSentryMetricAlert('alerts', {
      organization: 'harbour',
      name: 'Too many errors',
      ruleId: '3',
      incidentId: '8',
      status: 'Critical',
      summary: '123 events in the last 10 minutes',
      startedAt: new Date('2026-03-01T10:00:00Z'),
    })
    await until(() => heard.length === 1)
    expect(heard[0]).toMatchObject({
      text: expect.stringContaining('/alerts/rules/details/3/?alert=8&referrer=metric_alert_slack'),
      attachments: [{ color: '#FA4747', blocks: [{ type: 'section' }] }],
    })
    expect(heard[0]).not.toHaveProperty('blocks')
  })

  it('are valid blocks', () => {
    const { blocks } = lab.slack.people.postSentryAlert('alerts', alert)
    expect(checkBlocks(blocks, 'message')).toMatchObject({ ok: true })
  })
})
