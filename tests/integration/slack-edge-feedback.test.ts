import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { until } from '../fixtures/bolt-on-lab.ts'
import { startEdge, type EdgeOnLab } from '../fixtures/edge-on-lab.ts'
import { investigationOf } from '../fixtures/investigation.ts'

let lab: EdgeOnLab
let report: { channel: string; ts: string }
beforeEach(async () => {
  lab = await startEdge()
  const { ts } = lab.slack.people.postAs('you', 'alerts', 'something is wrong')
  const channel = [...lab.slack.state.channels.values()].find(({ name }) => name === 'alerts')?.id ?? ''
  const view = await lab.edge.threads.open({ runId: 'run-1', kind: 'investigation', place: { team: 'T', channel, threadTs: ts }, title: 'x', workers: [] })
  await view?.report(investigationOf('run-1'))
  report = { channel, ts: lab.slack.messages('alerts', ts).at(-1)?.ts ?? '' }
})
afterEach(() => lab.close())

const whispers = () => lab.slack.state.ephemerals.map(({ message }) => message.text)
const you = () => [...lab.slack.state.users.values()].find(({ name }) => name === 'you')?.id

describe('feedback under a report', () => {
  it('stores a thumb and says so to the person alone', async () => {
    expect(await lab.slack.people.click('you', report, 'report_feedback', 'right:run-1')).toMatchObject({ acknowledged: true })
    await until(() => whispers().length === 1)
    expect(lab.heard.feedback).toEqual([{ investigationId: 'run-1', right: true, user: you() }])
    expect(whispers()).toEqual(['Thanks: noted as right.'])
    expect(lab.slack.state.views.size).toBe(0)
  })

  it('asks what was wrong after a thumb down, and stores the correction', async () => {
    await lab.slack.people.click('you', report, 'report_feedback', 'wrong:run-1')
    await until(() => lab.slack.state.views.size === 1)
    const [viewId = ''] = lab.slack.state.views.keys()
    expect(await lab.slack.people.submitView('you', viewId, { text: ' the token expired ' })).toEqual({ outcome: 'accepted' })
    await until(() => lab.heard.feedback.length === 2 && whispers().length === 2)
    expect(lab.heard.feedback).toContainEqual({ investigationId: 'run-1', user: you(), text: 'the token expired' })
  })

  it('keeps the thumb when the correction is left empty', async () => {
    await lab.slack.people.click('you', report, 'report_feedback', 'wrong:run-1')
    await until(() => lab.slack.state.views.size === 1 && lab.heard.feedback.length === 1)
    const [viewId = ''] = lab.slack.state.views.keys()
    expect(await lab.slack.people.submitView('you', viewId, {})).toEqual({ outcome: 'accepted' })
    expect(lab.heard.feedback).toEqual([{ investigationId: 'run-1', right: false, user: you() }])
  })

  it('proposes the investigation for the task set', async () => {
    await lab.slack.people.click('maya', report, 'add_to_task_set')
    await until(() => whispers().length === 1)
    expect(lab.heard.feedback).toEqual([{ investigationId: 'run-1', user: expect.stringMatching(/^U/) }])
    expect(whispers()[0]).toMatch(/^Proposed/)
  })

  it('tells the person when it could not be stored', async () => {
    lab.answers.push(new UserError('I do not know this investigation any more, so I cannot store that.'))
    await lab.slack.people.click('you', report, 'add_to_task_set')
    await until(() => whispers().length === 1)
    expect(whispers()).toEqual(['I do not know this investigation any more, so I cannot store that.'])
  })
})
