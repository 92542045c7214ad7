import { afterEach, describe, expect, it } from 'vitest'
import type { ThreadOpening } from '../../src/core/thread.ts'
import { noUsage } from '../../src/core/usage.ts'
import { startEdge, type EdgeOnLab } from '../fixtures/edge-on-lab.ts'
import { endedWithoutReport, investigationOf, sentryDelegation } from '../fixtures/investigation.ts'
import { until } from '../fixtures/bolt-on-lab.ts'

let lab: EdgeOnLab
afterEach(() => lab.close())

const started = { type: 'call_started', runId: 'orchestrator', agent: 'orchestrator', callId: 'orchestrator.0.0', tool: 'investigate_sentry', args: { question: 'What is CHECKOUT-7?' } } as const
const ended = { type: 'call_ended', runId: 'orchestrator', agent: 'orchestrator', call: sentryDelegation, replayed: false } as const

/** Sentry's alert in #alerts, and a run that is opened under it. */
async function alertWithRun(options: Parameters<typeof startEdge>[0] = {}): Promise<{ opening: ThreadOpening; ts: string }> {
  lab = await startEdge(options)
  const { ts } = lab.slack.people.postSentryAlert('alerts', { organization: 'harbour', project: 'checkout', issueId: '4711', shortId: 'CHECKOUT-7', title: 'TypeError' })
  const channel = [...lab.slack.state.channels.values()].find(({ name }) => name === 'alerts')?.id ?? ''
  return { ts, opening: { runId: 'run-1', kind: 'investigation', place: { team: 'T', channel, threadTs: ts }, title: 'TypeError', workers: ['sentry', 'github'] } }
}

function thread(ts: string) {
  return lab.slack.messages('alerts', ts).slice(1)
}

describe('a run in its thread', () => {
  it('opens with a plan of one task per worker, and ends with the report as a post of its own', async () => {
    const { opening, ts } = await alertWithRun()
    const view = await lab.edge.threads.open(opening)
    view?.emit(started)
    await until(() => JSON.stringify(thread(ts)[0]?.blocks).includes('in_progress'))
    view?.emit(ended)
    await view?.report(investigationOf('run-1'))
    const [plan, report, ...more] = thread(ts)
    expect(more).toEqual([])
    expect(plan?.blocks?.[0]).toMatchObject({ type: 'plan', title: 'Investigated: TypeError' })
    expect(plan?.blocks?.[0]?.['tasks']).toMatchObject([
      { status: 'complete', title: 'Sentry: What is CHECKOUT-7? (1.2 s)' },
      { status: 'pending', title: 'Supabase: not configured' },
      { status: 'pending', title: 'Railway: not configured' },
      { status: 'pending', title: 'Kubernetes: not configured' },
      { status: 'pending', title: 'GitHub: not asked' },
      { status: 'pending', title: 'Docs: not configured' },
    ])
    expect(report?.text).toContain('Root cause: The carts table lost its total column')
    expect(report?.blocks?.map(({ type }) => type)).toEqual(['rich_text', 'header', 'rich_text', 'rich_text', 'rich_text', 'rich_text', 'context', 'context', 'context_actions', 'actions', 'container'])
    expect(lab.complaints).toEqual([])
  })

  it('opens and reports once, however often it is retried, across a restart', async () => {
    const { opening, ts } = await alertWithRun()
    await lab.edge.threads.open(opening)
    const view = await lab.restarted().threads.open(opening)
    await view?.report(investigationOf('run-1'))
    const again = await lab.restarted().threads.open(opening)
    await again?.report(investigationOf('run-1'))
    expect(thread(ts)).toHaveLength(2)
  })

  it('finds its post when Slack took it and the answer was lost', async () => {
    const { opening, ts } = await alertWithRun()
    lab.slack.faults.add({ method: 'chat.postMessage', kind: { type: 'server_error_after_acceptance' } })
    const view = await lab.edge.threads.open(opening)
    expect(thread(ts)).toHaveLength(1)
    await view?.report(investigationOf('run-1'))
    expect(thread(ts)[0]?.blocks?.[0]).toMatchObject({ title: 'Investigated: TypeError' })
  })

  it('finds the post of a process that died before it could write down the answer', async () => {
    const { opening, ts } = await alertWithRun()
    await lab.edge.threads.open(opening)
    const entry = lab.outbox.get('run-1:opening')
    if (entry) lab.outbox.set('run-1:opening', { ...entry, state: 'pending', reference: null })
    await lab.restarted().threads.open(opening)
    expect(thread(ts)).toHaveLength(1)
    expect(lab.outbox.get('run-1:opening')?.state).toBe('sent')
  })

  it('posts the answer at once while edits are throttled', async () => {
    const { opening, ts } = await alertWithRun()
    const view = await lab.edge.threads.open(opening)
    lab.slack.faults.add({ method: 'chat.update', kind: { type: 'ratelimited', retryAfter: 1 } })
    view?.emit(started)
    await until(() => lab.slack.calls.some(({ method }) => method === 'chat.update'))
    const reported = view?.report(investigationOf('run-1'))
    await until(() => thread(ts).length === 2)
    expect(thread(ts)[0]?.blocks?.[0]).toMatchObject({ title: 'Investigating: TypeError' })
    await reported
    expect(thread(ts)[0]?.blocks?.[0]).toMatchObject({ title: 'Investigated: TypeError' })
  })

  it('edits no more often than it may, and the newest state wins', async () => {
    const { opening, ts } = await alertWithRun()
    const view = await lab.edge.threads.open(opening)
    for (let count = 0; count < 200; count += 1) view?.emit({ ...ended, agent: 'sentry', runId: 'sentry.0.0' })
    await view?.report(investigationOf('run-1'))
    expect(lab.slack.calls.filter(({ method }) => method === 'chat.update').length).toBeLessThan(5)
    expect(thread(ts)).toHaveLength(2)
  })

  it('falls back to plain blocks when Slack refuses the newer ones', async () => {
    const { opening, ts } = await alertWithRun()
    lab.slack.faults.add({ method: 'chat.postMessage', kind: { type: 'refusal', error: 'invalid_blocks' } })
    const view = await lab.edge.threads.open(opening)
    lab.slack.faults.add({ method: 'chat.postMessage', kind: { type: 'refusal', error: 'invalid_blocks' } })
    await view?.report(investigationOf('run-1'))
    expect(thread(ts)[1]?.blocks?.every(({ type }) => ['section', 'context', 'actions'].includes(type))).toBe(true)
    expect(JSON.stringify(thread(ts)[1]?.blocks)).toContain('carts.total')
  })

  it('makes a place in the alert channel for what came from outside Slack', async () => {
    const { opening } = await alertWithRun({ alertChannel: 'alerts' })
    const view = await lab.edge.threads.open({ ...opening, place: null })
    expect(view?.place.threadTs).toBe(lab.slack.messages('alerts').at(-2)?.ts)
    const again = await lab.restarted().threads.open({ ...opening, place: null })
    expect(again?.place.threadTs).toBe(view?.place.threadTs)
  })

  it('has no view without a place and an alert channel', async () => {
    const { opening } = await alertWithRun()
    expect(await lab.edge.threads.open({ ...opening, place: null })).toBeNull()
  })

  it.each([
    ['channel_not_found', 'PermanentError', /Invite me/],
    ['internal_error', 'TransientError', /did not take/],
    ['invalid_auth', 'ConfigurationError', /SLACK_BOT_TOKEN/],
  ])('says who must act when Slack answers %s', async (error, name, message) => {
    const { opening } = await alertWithRun()
    lab.slack.faults.add({ method: 'chat.postMessage', times: 10, kind: { type: 'refusal', error } })
    await expect(lab.edge.threads.open(opening)).rejects.toMatchObject({ name, message: expect.stringMatching(message) })
  })

  it('gives the thread a Stop button while it works', async () => {
    const { opening } = await alertWithRun()
    const view = await lab.edge.threads.open(opening)
    await until(() => [...lab.slack.state.sessions.values()].some(({ status }) => status === 'processing'))
    await view?.report(endedWithoutReport('run-1', 'stopped'))
    await until(() => [...lab.slack.state.sessions.values()].every(({ status }) => status === 'active'))
    expect(lab.slack.messages('alerts').at(-1)?.text).toContain('Stopped')
  })

  it('goes on with the same plan after it was suspended', async () => {
    const { opening, ts } = await alertWithRun()
    const view = await lab.edge.threads.open(opening)
    await view?.suspend()
    view?.emit({ type: 'run_ended', runId: 'orchestrator', agent: 'orchestrator', reason: 'stopped', message: '', usage: noUsage, ms: 1 })
    const next = await lab.restarted().threads.open(opening)
    await next?.failed('I could not finish this.')
    expect(thread(ts).map(({ text }) => text)).toEqual(['Investigated: TypeError', 'I could not finish this.'])
  })
})
