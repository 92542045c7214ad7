import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SlackMessage } from '../../training/lab/slack/records.ts'
import { eventually, startDemoUnderTest } from '../fixtures/demo.ts'
import type { DemoUnderTest } from '../fixtures/demo.ts'

let demo: DemoUnderTest
beforeAll(async () => {
  demo = await startDemoUnderTest()
})
afterAll(() => demo.stop())

const people = () => demo.slack.people
/** How many investigations a thread got, once nothing runs any more. */
async function investigationsOf(ts: string): Promise<number> {
  await eventually('the end of all runs', async () => ((await demo.bot.store.openRuns()).length === 0 ? true : null))
  const records = await demo.bot.store.listInvestigations(100)
  return records.filter(({ alert }) => alert.place?.threadTs === ts).length
}

/** Brings a message once more, as another event of its own: what Slack does when a mention is a message too. */
function deliverAgain(message: SlackMessage, event: { type: string; event_id: string }): void {
  const { appId, teamId } = demo.slack.credentials
  const body = { ...message, type: event.type, channel: demo.channelId('alerts'), channel_type: 'channel', event_ts: message.ts }
  const payload = { token: 'x', team_id: teamId, api_app_id: appId, type: 'event_callback', event_id: event.event_id, event_time: Math.floor(Number(message.ts)), event: body }
  demo.slack.sockets.sendRaw(appId, { envelope_id: crypto.randomUUID(), type: 'events_api', accepts_response_payload: false, payload })
}

describe('what comes in more than once', () => {
  it('is investigated once when Slack delivers an event twice', async () => {
    demo.slack.sockets.duplicateNext()
    const { channel, ts } = await demo.fire('0001-tool-call-id')
    await demo.ended({ channel, ts })
    expect(await investigationsOf(ts)).toBe(1)
    expect(demo.said({ channel, ts })).toHaveLength(2)
  })

  it('is investigated once when one message comes as two events', async () => {
    const { channel, ts } = await demo.fire('0005-schema-migration')
    const alert = demo.slack.messages('alerts', ts)[0]
    if (!alert) throw new Error('The alert is not in its channel.')
    deliverAgain(alert, { type: 'message', event_id: 'Ev0ANOTHER' })
    await demo.ended({ channel, ts })
    deliverAgain(alert, { type: 'message', event_id: 'Ev0YETANOTHER' })
    const { incidentId } = await demo.ended({ channel, ts })
    expect(await investigationsOf(ts)).toBe(1)
    expect(await demo.bot.store.incident(incidentId)).toMatchObject({ alertCount: 1 })
    expect(demo.said({ channel, ts })).toHaveLength(2)
  })
})

describe('what cannot be investigated', () => {
  it('starts nothing for a post of Sentry that names no issue, and takes it as a question when a person points at it', async () => {
    const digest = people().postAsSentry('alerts', 'Weekly report: 14 new issues, 3 resolved.')
    const { ts } = people().postAs('maya', 'alerts', `<@${demo.slack.credentials.botUserId}> is anything broken?`)
    await demo.ended({ channel: 'alerts', ts })
    expect(demo.said({ channel: 'alerts', ts: digest.ts })).toEqual([])

    await people().shortcut('maya', 'investigate', { channel: 'alerts', ts: digest.ts })
    expect((await demo.ended({ channel: 'alerts', ts: digest.ts })).alert).toMatchObject({ kind: 'question', source: 'shortcut' })
  })

  it('says that it must be invited when it is asked in a channel it is not in', async () => {
    await people().slash('maya', 'general', '/foreman', 'why do checkouts fail?')
    const note = await eventually('the note', () => demo.whispers().find((text) => text.includes('/invite')))
    expect(note).toContain('I am not in this channel')
    expect(demo.slack.messages('general').filter(({ user }) => user === demo.slack.credentials.botUserId)).toEqual([])
  })

  it('asks for a question when there is none', async () => {
    const { ts } = people().postAs('maya', 'alerts', `<@${demo.slack.credentials.botUserId}>`)
    await eventually('the hint', () => demo.whispers().find((text) => text.startsWith('Ask a question')))
    expect(await investigationsOf(ts)).toBe(0)
  })
})
