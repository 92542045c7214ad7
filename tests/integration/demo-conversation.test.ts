import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockTypes, eventually, startDemoUnderTest } from '../fixtures/demo.ts'
import type { DemoUnderTest } from '../fixtures/demo.ts'

/** One investigated alert that people talk about; every test leaves its thread with nothing running. */
let demo: DemoUnderTest
let alert: { channel: string; ts: string }
let investigationId: string
beforeAll(async () => {
  demo = await startDemoUnderTest()
  alert = await demo.fire('0004-expired-token')
  investigationId = (await demo.ended(alert)).id
})
afterAll(() => demo.stop())

const people = () => demo.slack.people
const botMention = () => `<@${demo.slack.credentials.botUserId}>`
const reportOf = (place: { channel: string; ts: string }) => {
  const report = demo.said(place).find((message) => blockTypes(message).includes('feedback_buttons'))
  if (!report) throw new Error('The thread has no report.')
  return { channel: place.channel, ts: report.ts }
}

describe('a conversation with the bot', () => {
  it('answers a reply in the thread, from the investigation it is about', async () => {
    const before = demo.said(alert).length
    people().postAs('you', 'alerts', 'Which service is it, and who owns it?', { threadTs: alert.ts })
    const answer = await demo.ended(alert, 'follow_up')
    expect(answer).toMatchObject({ parentId: investigationId, answer: { answer: expect.any(String) } })
    const said = await eventually('the answer', () => (demo.said(alert).length === before + 2 ? demo.said(alert).slice(-2) : null))
    expect(said.map((message) => blockTypes(message)[0])).toEqual(['plan', 'rich_text'])
  })

  it('answers a mention in a channel in its own thread', async () => {
    const { ts } = people().postAs('maya', 'alerts', `${botMention()} why do geocoding calls fail?`)
    const record = await demo.ended({ channel: 'alerts', ts })
    expect(record.alert).toMatchObject({ source: 'mention', kind: 'question', text: 'why do geocoding calls fail?' })
    expect(demo.said({ channel: 'alerts', ts })).toHaveLength(2)
  })

  it('answers /foreman under the question it posts', async () => {
    expect(await people().slash('maya', 'alerts', '/foreman', 'why do geocoding calls fail?')).toMatchObject({ acknowledged: true })
    const posted = await eventually('the question', () => demo.slack.messages('alerts').find(({ text }) => text.includes('asks: why do geocoding')))
    const record = await demo.ended({ channel: 'alerts', ts: posted.ts })
    expect(record.alert).toMatchObject({ source: 'command', text: 'why do geocoding calls fail?' })
  })

  it('keeps a thumb down with the correction that follows it', async () => {
    await people().click('you', reportOf(alert), 'report_feedback', `wrong:${investigationId}`)
    const viewId = await eventually('the modal', () => [...demo.slack.state.views.keys()][0])
    expect(await people().submitView('you', viewId, { text: 'The provider revoked the key.' })).toEqual({ outcome: 'accepted' })
    const judgement = await eventually('the correction', async () => (await demo.bot.store.judgements(investigationId)).find(({ correction }) => correction !== undefined))
    expect(judgement).toMatchObject({ verdict: 'wrong', source: 'person', correction: 'The provider revoked the key.' })
    expect(await demo.bot.store.judgements(investigationId)).toHaveLength(1)
  })

  it('keeps the wish to add an investigation to the task set', async () => {
    await people().click('maya', reportOf(alert), 'add_to_task_set')
    const [flag] = await eventually('the flag', async () => {
      const flags = await demo.bot.store.flags(investigationId)
      return flags.length > 0 ? flags : null
    })
    expect(flag).toMatchObject({ investigationId, by: expect.stringMatching(/^U/) })
    await eventually('the thanks', () => demo.whispers().find((text) => text.startsWith('Proposed for the task set')))
  })

  it('joins a repeat of the alert to its incident', async () => {
    const { rack, slack } = demo
    const { sentryAlertOf } = await import('../../training/demo/sentry-alert.ts')
    const { loaded } = await rack.mount('0004-expired-token')
    const repeat = sentryAlertOf(loaded.task, loaded.world)
    if (!repeat) throw new Error('The task begins with no alert.')
    const before = demo.said(alert).length
    slack.people.postSentryAlert('alerts', repeat, { threadTs: alert.ts })
    const { incidentId } = await demo.ended(alert, 'follow_up')
    await eventually('the raised count', async () => ((await demo.bot.store.incident(incidentId))?.alertCount === 2 ? true : null))
    expect(demo.said(alert)).toHaveLength(before)

    const { ts } = slack.people.postSentryAlert('alerts', repeat)
    const pointer = await eventually('the pointer to the first thread', () => demo.said({ channel: 'alerts', ts })[0])
    expect(pointer.text).toMatch(/already .*this.*alert 3/i)
    expect(await demo.bot.store.openRuns()).toEqual([])
  })
})
