import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TransientError, UserError } from '../../src/core/errors.ts'
import type { Incident } from '../../src/core/alert.ts'
import { until } from '../fixtures/bolt-on-lab.ts'
import { startEdge, type EdgeOnLab } from '../fixtures/edge-on-lab.ts'
import { issueAlert } from '../fixtures/investigation.ts'

const alert = { organization: 'harbour', project: 'checkout', issueId: '4711', shortId: 'CHECKOUT-7', title: 'TypeError: <x>', tags: { environment: 'production' } }

let lab: EdgeOnLab
beforeEach(async () => {
  lab = await startEdge()
})
afterEach(() => lab.close())

function channelId(name = 'alerts'): string {
  return [...lab.slack.state.channels.values()].find((channel) => channel.name === name)?.id ?? ''
}

function mention(text: string, threadTs?: string) {
  return lab.slack.people.postAs('you', 'alerts', `<@${lab.slack.credentials.botUserId}> ${text}`, threadTs === undefined ? {} : { threadTs })
}

/** A message that is not for us, then the proof that everything before it was heard. */
async function settled(): Promise<void> {
  const before = lab.heard.alerts.length
  mention('are you there?')
  await until(() => lab.heard.alerts.length > before)
}

describe("Sentry's posts", () => {
  it('become alerts with the post as their place and two claims', async () => {
    const { ts } = lab.slack.people.postSentryAlert('alerts', alert)
    await until(() => lab.heard.alerts.length === 1)
    expect(lab.heard.alerts[0]).toMatchObject({
      kind: 'issue', source: 'slack_alert', title: 'TypeError: <x>',
      place: { team: 'T0LABWORKS', channel: channelId(), threadTs: ts },
      sentry: { issueId: '4711', shortId: 'CHECKOUT-7', organization: 'harbour', environment: 'production', level: 'error' },
      claims: [expect.stringMatching(/^slack-event:Ev/), `slack-message:${channelId()}:${ts}`],
    })
  })

  it('that joined another incident point to its thread', async () => {
    const first = lab.slack.people.postSentryAlert('alerts', alert)
    await until(() => lab.heard.alerts.length === 1)
    const incident: Incident = { id: 'i', fingerprint: 'f', openedAt: '', alertCount: 2, runId: 'run', alert: { ...issueAlert, place: { team: 'T', channel: channelId(), threadTs: first.ts } } }
    lab.answers.push({ outcome: 'joined', incident })
    const second = lab.slack.people.postSentryAlert('alerts', alert)
    const note = await lab.slack.waitForMessage((message) => message.text.startsWith('I am already'))
    expect(note).toMatchObject({ thread_ts: second.ts, text: expect.stringContaining(`/p${first.ts.replace('.', '')}`) })
  })

  it('start nothing when they are replies, digests, resolved, handled or edited', async () => {
    const { ts } = lab.slack.people.postSentryAlert('alerts', { ...alert, handled: true })
    lab.slack.people.postAsSentry('alerts', 'Maya resolved this issue', { threadTs: ts })
    lab.slack.people.postAsSentry('alerts', 'Daily digest')
    lab.slack.people.postSentryMetricAlert('alerts', { organization: 'harbour', name: 'Errors', ruleId: '5', incidentId: '6', status: 'Resolved', summary: '3 events', startedAt: new Date() })
    lab.slack.people.editAs('you', { channel: 'alerts', ts }, 'edited')
    await settled()
    expect(lab.heard.alerts.map(({ source }) => source)).toEqual(['mention'])
  })

  it('of a metric alert become metric alerts', async () => {
    lab.slack.people.postSentryMetricAlert('alerts', { organization: 'harbour', name: 'Errors above 100', ruleId: '5', incidentId: '6', status: 'Critical', summary: '123 events', startedAt: new Date() })
    await until(() => lab.heard.alerts.length === 1)
    expect(lab.heard.alerts[0]).toMatchObject({ kind: 'metric', title: 'Critical: Errors above 100', sentry: { ruleId: '5' } })
  })
})

describe('people', () => {
  it('ask by a mention, which is one question although Slack sends two events', async () => {
    const { ts } = mention('why do checkouts fail?')
    await settled()
    expect(lab.heard.alerts[0]).toMatchObject({ source: 'mention', kind: 'question', text: 'why do checkouts fail?', place: { threadTs: ts } })
    expect(lab.heard.alerts).toHaveLength(2)
  })

  it('ask about the message their thread hangs on', async () => {
    const { ts } = lab.slack.people.postSentryAlert('alerts', alert)
    await until(() => lab.heard.alerts.length === 1)
    mention('what is this?', ts)
    await until(() => lab.heard.alerts.length === 2)
    expect(lab.heard.alerts[1]).toMatchObject({ kind: 'question', title: 'what is this?', text: expect.stringContaining('TypeError: <x>'), sentry: { issueId: '4711' } })
  })

  it('reply in a thread of ours with and without a mention', async () => {
    const { ts } = lab.slack.people.postSentryAlert('alerts', alert)
    lab.threads.add(`${channelId()}:${ts}`)
    lab.slack.people.postAs('you', 'alerts', 'and since when?', { threadTs: ts })
    mention('who deployed?', ts)
    await until(() => lab.heard.replies.length === 2)
    expect(lab.heard.replies.map(({ text }) => text).toSorted()).toEqual(['and since when?', 'who deployed?'])
  })

  it('talk to each other without being answered', async () => {
    const { ts } = lab.slack.people.postSentryAlert('alerts', alert)
    const maya = [...lab.slack.state.users.values()].find(({ name }) => name === 'maya')?.id
    lab.threads.add(`${channelId()}:${ts}`)
    lab.slack.people.postAs('you', 'alerts', `<@${maya}> can you look?`, { threadTs: ts })
    lab.slack.people.postAs('you', 'alerts', 'lunch?')
    await settled()
    expect(lab.heard.replies).toEqual([])
  })

  it('stop a run by a word or by Slack\'s own button', async () => {
    const { ts } = lab.slack.people.postSentryAlert('alerts', alert)
    lab.threads.add(`${channelId()}:${ts}`)
    await lab.edge.threads.open({ runId: 'run-1', kind: 'investigation', place: { team: 'T', channel: channelId(), threadTs: ts }, title: 'x', workers: [] })
    await until(() => lab.slack.state.sessions.size === 1)
    lab.slack.people.postAs('you', 'alerts', 'Stop!', { threadTs: ts })
    lab.slack.people.stopSession('you', 'alerts', ts)
    await until(() => lab.heard.stops.length === 2)
    expect(lab.heard.stops.map(({ threadTs }) => threadTs)).toEqual([ts, ts])
  })

  it.each([
    [{ outcome: 'refused', reason: 'Ask a question.' } as const, /^Ask a question\.$/],
    [new UserError('I do not know that.'), /^I do not know that\.$/],
    [new TransientError('no database'), /could not store that/],
    [new Error('secret detail'), /went wrong on my side/],
  ])('hear in private why a question starts nothing', async (answer, text) => {
    lab.answers.push(answer)
    mention('?')
    await until(() => lab.slack.state.ephemerals.length === 1)
    expect(lab.slack.state.ephemerals[0]?.message.text).toMatch(text)
    expect(lab.heard.alerts).toHaveLength(1)
  })

  it('ask by the command, whose question is posted for all and is the place', async () => {
    await lab.slack.people.slash('you', 'alerts', '/foreman', 'why <!channel> is it slow?')
    await until(() => lab.heard.alerts.length === 1)
    const posted = lab.slack.messages('alerts').at(-1)
    expect(posted?.text).toMatch(/^<@U\w+> asks: why &lt;!channel&gt; is it slow\?$/)
    expect(lab.heard.alerts[0]).toMatchObject({ source: 'command', text: 'why <!channel> is it slow?', place: { threadTs: posted?.ts } })
  })

  it.each([['alerts', '', /Ask a question/], ['payroll', 'why?', /Invite me with \/invite/]])('hear what is missing when the command in #%s cannot work', async (channel, text, answer) => {
    await lab.slack.people.slash('you', channel, '/foreman', text)
    await until(() => lab.slack.state.ephemerals.length === 1)
    expect(lab.slack.state.ephemerals[0]?.message.text).toMatch(answer)
    expect(lab.heard.alerts).toEqual([])
  })

  it('have any message investigated by the shortcut, Sentry\'s as the alert it is', async () => {
    const human = lab.slack.people.postAs('maya', 'alerts', 'checkout is slow')
    const sentry = lab.slack.people.postSentryAlert('alerts', alert)
    await until(() => lab.heard.alerts.length === 1)
    for (const { ts } of [human, sentry]) await lab.slack.people.shortcut('you', 'investigate', { channel: 'alerts', ts })
    await until(() => lab.heard.alerts.length === 3)
    expect(lab.heard.alerts.slice(1).map(({ kind, source, title }) => `${source} ${kind} ${title}`).toSorted()).toEqual(['shortcut issue TypeError: <x>', 'shortcut question checkout is slow'])
  })

  it('hear that the alert they point at is taken up already', async () => {
    const { ts } = lab.slack.people.postSentryAlert('alerts', alert)
    await until(() => lab.heard.alerts.length === 1)
    lab.answers.push({ outcome: 'joined', incident: { id: 'i', fingerprint: 'f', openedAt: '', alertCount: 2, runId: 'run', alert: { ...issueAlert, place: { team: 'T', channel: channelId(), threadTs: ts } } } })
    await lab.slack.people.shortcut('you', 'investigate', { channel: 'alerts', ts })
    await until(() => lab.slack.state.ephemerals.length === 1)
    expect(lab.slack.state.ephemerals[0]?.message.text).toMatch(/taken this up already/)
  })

  it('get nothing in a channel shared with another company', async () => {
    const shared = lab.slack.state.channels.get(channelId('incidents'))
    if (shared) shared.externallyShared = true
    lab.slack.people.postSentryAlert('incidents', alert)
    lab.slack.people.postAs('you', 'incidents', `<@${lab.slack.credentials.botUserId}> why?`)
    await until(() => lab.slack.state.ephemerals.length === 1)
    await settled()
    expect(lab.heard.alerts).toHaveLength(1)
  })
})
