import type { PlanBlock, TaskCardBlock } from '@slack/types'
import type { ThreadOpening } from '../../../core/thread.ts'
import type { WorkerName } from '../../../core/worker.ts'
import { workerNames } from '../../../core/worker.ts'
import type { Sanitiser } from '../sanitise.ts'
import type { Progress, WorkerProgress } from '../threads/progress.ts'
import { section } from './message.ts'
import type { Message } from './message.ts'
import { counted, duration, serviceNames } from './names.ts'
import { paragraph, prose, richText } from './rich-text.ts'

/** Slack documents 256 characters for a field of a plan or a task. */
const fieldLength = 256
/** A title is one line on most screens. */
const questionLength = 110
/** An answer is a hint here; the report has it whole. */
const answerLength = 160

/** The progress post: a plan with one task per worker, those that are not configured named as such. */
export function planMessage(opening: Pick<ThreadOpening, 'kind' | 'title'>, progress: Progress, sanitiser: Sanitiser): Message {
  const title = planTitle(opening, progress, sanitiser)
  const plan: PlanBlock = { type: 'plan', title, tasks: workerNames.map((name) => task(name, progress.workers[name], progress.ended, sanitiser)) }
  return { text: sanitiser.escaped(title, fieldLength), blocks: [plan] }
}

/** The same in blocks every client knows; for when Slack refuses the plan. */
export function plainPlanMessage(opening: Pick<ThreadOpening, 'kind' | 'title'>, progress: Progress, sanitiser: Sanitiser): Message {
  const title = planTitle(opening, progress, sanitiser)
  const marks = { not_configured: '–', waiting: '○', working: '◐', done: '●', failed: '✗' }
  const lines = workerNames.map((name) => `${marks[progress.workers[name].state]} ${sanitiser.escaped(taskTitle(name, progress.workers[name], progress.ended), fieldLength)}`)
  return { text: sanitiser.escaped(title, fieldLength), blocks: [section([`*${sanitiser.escaped(title, fieldLength)}*`, ...lines].join('\n'))] }
}

function planTitle({ kind, title }: Pick<ThreadOpening, 'kind' | 'title'>, progress: Progress, sanitiser: Sanitiser): string {
  const verbs = kind === 'follow_up' ? { going: 'Looking into', ended: 'Looked into' } : { going: 'Investigating', ended: 'Investigated' }
  return sanitiser.plain(`${progress.ended ? verbs.ended : verbs.going}: ${title.replaceAll('\n', ' ')}`, fieldLength)
}

function task(name: WorkerName, worker: WorkerProgress, ended: boolean, sanitiser: Sanitiser): TaskCardBlock {
  // Never asked and not configured stay `pending`: a tick would claim a check that nobody made.
  const status = ({ not_configured: 'pending', waiting: 'pending', working: ended ? 'error' : 'in_progress', done: 'complete', failed: 'error' } as const)[worker.state]
  const answer = worker.state === 'done' || worker.state === 'failed' ? prose(worker.answer.replaceAll(/\s+/g, ' '), answerLength, sanitiser) : []
  return {
    type: 'task_card',
    task_id: name,
    title: sanitiser.plain(taskTitle(name, worker, ended), fieldLength),
    status,
    ...(answer.length > 0 && { output: richText(paragraph(...answer)) }),
  }
}

function taskTitle(name: WorkerName, { state, question, calls, ms }: WorkerProgress, ended: boolean): string {
  const service = serviceNames[name]
  if (state === 'not_configured') return `${service}: not configured`
  if (state === 'waiting') return ended ? `${service}: not asked` : service
  const short = question.length > questionLength ? `${question.slice(0, questionLength - 1)}…` : question
  const spent = [...(calls > 0 ? [counted(calls, 'call')] : []), ...(ms > 0 ? [duration(ms)] : [])].join(', ')
  return `${service}${short === '' ? '' : `: ${short}`}${spent === '' ? '' : ` (${spent})`}`
}
