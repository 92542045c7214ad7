import { createHmac } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startBotOnLab } from '../fixtures/bot-on-lab.ts'
import type { BotOnLab } from '../fixtures/bot-on-lab.ts'
import { eventually } from '../fixtures/demo.ts'

const secret = 'client-secret'
const task = '0002-forgotten-cron'

async function start(channel: string): Promise<BotOnLab> {
  const started = await startBotOnLab(task, { SENTRY_WEBHOOK_SECRET: secret, SLACK_ALERT_CHANNEL: channel })
  onTestFinished(() => started.close())
  return started
}

/** Sentry's issue alert about the task's issue, as its integration sends it. */
async function deliver({ bot, loaded }: BotOnLab, changes: { signature?: string; timestamp?: number; body?: string } = {}): Promise<{ status: number; outcome: string }> {
  const issue = loaded.world.sentry.issues.find(({ id }) => id === loaded.task.alertIssue)
  const body = changes.body ?? JSON.stringify({ action: 'triggered', data: { event: { event_id: 'e1', issue_id: issue?.id, title: issue?.title, web_url: 'https://sentry.io/x' }, triggered_rule: 'New issues' } })
  const headers = {
    'sentry-hook-resource': 'event_alert',
    'sentry-hook-timestamp': String(changes.timestamp ?? Math.floor(Date.now() / 1000)),
    'sentry-hook-signature': changes.signature ?? createHmac('sha256', secret).update(body).digest('hex'),
  }
  const response = await fetch(`${bot.webUrl}/webhooks/sentry`, { method: 'POST', headers, body })
  const answer = await response.json() as { outcome: string }
  return { status: response.status, outcome: answer.outcome }
}

const ended = ({ bot }: BotOnLab): Promise<true> => eventually('the end of the run', async () => ((await bot.store.openRuns()).length === 0 ? true : null))

describe("Sentry's webhook, to the whole bot", () => {
  it('is answered at once, investigated once, and reported under a post of its own', async () => {
    const started = await start('alerts')
    expect(await deliver(started)).toEqual({ status: 202, outcome: 'started' })
    expect(await deliver(started)).toEqual({ status: 200, outcome: 'duplicate' })
    await ended(started)
    const [record, ...more] = await started.bot.store.listInvestigations(10)
    expect(more).toEqual([])
    expect(record).toMatchObject({ alert: { source: 'sentry_webhook' }, run: { end: { reason: 'reported' } } })
    const [root, plan, report, ...rest] = started.said()
    expect(rest).toEqual([])
    expect([plan?.thread_ts, report?.thread_ts]).toEqual([root?.ts, root?.ts])

    started.slack.people.postAs('you', 'alerts', 'since when?', { threadTs: root?.ts ?? '' })
    await eventually('the answer', () => (started.said(root?.ts).length === 5 ? true : null))
  })

  it('starts nothing when it is forged, stale, too large or no webhook', async () => {
    const started = await start('alerts')
    const now = Math.floor(Date.now() / 1000)
    expect(await deliver(started, { signature: '00'.repeat(32) })).toEqual({ status: 401, outcome: 'refused' })
    expect(await deliver(started, { timestamp: now - 600 })).toEqual({ status: 401, outcome: 'refused' })
    expect(await deliver(started, { body: `"${'x'.repeat(2 ** 20)}"` })).toEqual({ status: 413, outcome: 'refused' })
    expect(await deliver(started, { body: '{"action":' })).toEqual({ status: 400, outcome: 'malformed' })
    expect(await started.bot.store.openRuns()).toEqual([])
    expect(started.said()).toEqual([])
  })

  it('ends its run when the alert channel does not exist, instead of trying for ever', async () => {
    const started = await start('C0NOWHERE')
    expect(await deliver(started)).toEqual({ status: 202, outcome: 'started' })
    await ended(started)
    expect((await fetch(`${started.bot.webUrl}/ready`)).status).toBe(200)
  })

  it('is to be sent again while the store is gone', async () => {
    const started = await start('alerts')
    await started.bot.store.close()
    expect(await deliver(started)).toEqual({ status: 503, outcome: 'refused' })
    expect((await fetch(`${started.bot.webUrl}/ready`)).status).toBe(503)
    expect((await fetch(`${started.bot.webUrl}/health`)).status).toBe(200)
  })
})
