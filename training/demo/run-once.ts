import { setTimeout as wait } from 'node:timers/promises'
import type { Place } from '../../src/core/alert.ts'
import type { Investigation } from '../../src/core/investigation.ts'
import type { Coverage, Report } from '../../src/core/report.ts'
import { grade } from '../grade.ts'
import type { Check } from '../grade.ts'
import type { Demo } from './start-demo.ts'

/** What one incident came to: the graded report and the thread as people saw it. */
export interface OnceResult {
  readonly task: string
  readonly reward: 0 | 1
  readonly checks: readonly Check[]
  readonly report: Report | null
  readonly coverage: readonly Coverage[]
  readonly thread: readonly { user: string; text: string; blocks: readonly unknown[] }[]
  readonly investigationId: string
  readonly ms: number
}

/** Longer than any investigation's own budget. */
const patienceMs = 15 * 60_000

/** Fires an incident and waits for its thread to end. Throws when the bot ends first. */
export async function runOnce(demo: Demo, taskId: string): Promise<OnceResult> {
  const began = performance.now()
  const { channel, ts } = await demo.fire(taskId)
  const investigation = await Promise.race([investigationOf(demo, { team: '', channel, threadTs: ts }), demo.bot.failed])
  const { loaded } = await demo.rack.mount(taskId)
  const { reward, checks } = grade({ answer: loaded.answer, report: investigation.report, run: investigation.run })
  return {
    task: taskId,
    reward,
    checks,
    report: investigation.report ?? null,
    coverage: investigation.coverage,
    thread: demo.slack.messages(channel, ts).map(({ user, text, blocks }) => ({ user, text, blocks: blocks ?? [] })),
    investigationId: investigation.id,
    ms: Math.round(performance.now() - began),
  }
}

/** The record of the thread's investigation, once it has ended: it is stored after the report was posted. */
async function investigationOf(demo: Demo, place: Place): Promise<Investigation> {
  const until = performance.now() + patienceMs
  for (;;) {
    const found = await demo.bot.store.investigationInThread(place)
    if (found) return found
    if (performance.now() > until) throw new Error('The incident\'s thread did not end within 15 minutes.')
    await wait(25)
  }
}

/** The result for a person: the thread, then the grade with its reasons. */
export function onceText(result: OnceResult): string {
  const failed = result.checks.filter(({ passed }) => !passed).map(({ name, detail }) => `  ${name}: ${detail}`)
  return [
    ...result.thread.map(({ user, text }) => `${user}: ${text}`),
    '',
    `Task ${result.task}: reward ${result.reward}${failed.length > 0 ? ', because these checks failed:' : ''}`,
    ...failed,
    `Coverage: ${result.coverage.map(({ worker, state }) => `${worker} ${state.replaceAll('_', ' ')}`).join(', ')}. Took ${(result.ms / 1000).toFixed(1)} s.`,
  ].join('\n')
}
