import { describe, expect, it } from 'vitest'
import { plainPlanMessage, planMessage } from '../../../src/adapters/slack/render/plan-message.ts'
import { createSanitiser } from '../../../src/adapters/slack/sanitise.ts'
import { advance, noProgress } from '../../../src/adapters/slack/threads/progress.ts'
import type { AgentEvent } from '../../../src/core/event.ts'
import { noUsage } from '../../../src/core/usage.ts'
import { checkBlocks } from '../../../training/lab/slack/blocks/check.ts'
import { sentryDelegation } from '../../fixtures/investigation.ts'

const sanitiser = createSanitiser([])
const opening = { kind: 'investigation', title: 'TypeError' } as const
const base = { runId: 'orchestrator', agent: 'orchestrator' } as const
const asked = (question: string): AgentEvent => ({ ...base, type: 'call_started', callId: 'orchestrator.0.0', tool: 'investigate_sentry', args: { question } })
const answered: AgentEvent = { ...base, type: 'call_ended', call: sentryDelegation, replayed: false }
const { finding: _answer, ...unanswered } = sentryDelegation
const failed: AgentEvent = { ...base, type: 'call_ended', call: { ...unanswered, failure: { kind: 'forbidden', message: 'Sentry refuses the token.' } }, replayed: true }
const toolCalled: AgentEvent = { type: 'call_ended', runId: 'sentry.0.0', agent: 'sentry', call: { ...sentryDelegation, tool: 'sentry_get_issue' }, replayed: false }
const over: AgentEvent = { ...base, type: 'run_ended', reason: 'reported', message: '', usage: noUsage, ms: 1 }

function after(...events: AgentEvent[]) {
  return events.reduce(advance, noProgress(['sentry', 'docs']))
}

function task(name: string, ...events: AgentEvent[]) {
  const [plan] = planMessage(opening, after(...events), sanitiser).blocks
  return plan?.type === 'plan' ? plan.tasks?.find((candidate) => 'task_id' in candidate && candidate['task_id'] === name) : undefined
}

describe('the plan of a run', () => {
  it.each([
    ['before anything', [], 'pending', 'Sentry'],
    ['while a worker works', [asked('Since when?'), toolCalled], 'in_progress', 'Sentry: Since when? (1 call)'],
    ['when it answered', [asked('Since when?'), toolCalled, toolCalled, answered], 'complete', 'Sentry: Since when? (2 calls, 1.2 s)'],
    ['when it failed', [asked('Since when?'), failed], 'error', 'Sentry: Since when? (1.2 s)'],
    ['while one of two questions is open', [asked('Since when?'), asked('How often?'), answered], 'in_progress', 'Sentry: How often? (1.2 s)'],
    ['when a run ended under a worker', [asked('Since when?'), over], 'error', 'Sentry: Since when?'],
  ] as const)('shows a worker %s', (_when, events, status, title) => {
    expect(task('sentry', ...events)).toMatchObject({ status, title })
  })

  it('never ticks off what nobody checked', () => {
    expect(task('docs', over)).toMatchObject({ status: 'pending', title: 'Docs: not asked' })
    expect(task('github', over)).toMatchObject({ status: 'pending', title: 'GitHub: not configured' })
  })

  it('takes the first line of a question for its title', () => {
    expect(task('sentry', asked(`Since when?\n${'context '.repeat(50)}`))).toMatchObject({ title: 'Sentry: Since when?' })
  })

  it('is valid in both forms, whatever stands in it', () => {
    const progress = after(asked('<!channel>'.repeat(99)), toolCalled, answered, over)
    for (const message of [planMessage({ ...opening, title: 'x\u202E'.repeat(400) }, progress, sanitiser), plainPlanMessage({ kind: 'follow_up', title: '<!here>'.repeat(99) }, progress, sanitiser)]) {
      expect(checkBlocks(message.blocks, 'message')).toMatchObject({ ok: true })
      expect(message.text).not.toContain('<!')
    }
  })
})
