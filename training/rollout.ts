import type { Alert } from '../src/core/alert.ts'
import { orchestratorBudget, workerBudget } from '../src/core/budget.ts'
import type { Cast } from '../src/core/cast.ts'
import { createMemoryJournal } from '../src/core/journal.ts'
import type { Investigation } from '../src/core/investigation.ts'
import type { Task } from '../src/core/task.ts'
import { investigate } from '../src/orchestrator/investigate.ts'
import { boundaryOf } from '../src/orchestrator/perform-run.ts'
import { siteOf } from '../src/estate.ts'
import { grade } from './grade.ts'
import type { Grade } from './grade.ts'
import type { Lab } from './lab/lab.ts'
import { labEstate } from './lab-connections.ts'
import type { LoadedTask } from './tasks/load-task.ts'

const noLog = { error: () => {} }

/** One attempt at a task. `grade` is null when the infrastructure failed: then it counts for nothing. */
export interface Rollout {
  readonly task: string
  readonly attempt: number
  readonly investigation: Investigation
  readonly grade: Grade | null
}

export interface RolloutSetup {
  readonly loaded: LoadedTask
  readonly lab: Lab
  readonly cast: Cast
  readonly attempt: number
  readonly seed: number
  readonly temperature?: number | undefined
  readonly signal: AbortSignal
}

/** Runs the same `investigate` as production on a task's world, and grades what it reports. */
export async function rollout({ loaded, lab, cast, attempt, seed, temperature, signal }: RolloutSetup): Promise<Rollout> {
  const { task, answer, world } = loaded
  const id = `${task.id}-${attempt}`
  const { workers, clock, asOf } = await siteOf(labEstate(world, lab), [], noLog, new Date(task.now))
  const { investigation, error } = await investigate({
    id,
    incidentId: task.id,
    alert: alertOf(task),
    workers,
    cast,
    budget: { orchestrator: orchestratorBudget, worker: workerBudget },
    clock,
    asOf,
    journal: createMemoryJournal(),
    emit: () => {},
    signal,
    boundary: boundaryOf(id),
    training: true,
    seed,
    ...(temperature !== undefined && { temperature }),
  })
  return { task: task.id, attempt, investigation, grade: error === undefined ? grade({ answer, report: investigation.report, run: investigation.run }) : null }
}

/** A task's question as the alert that starts the investigation. */
export function alertOf(task: Task): Alert {
  return {
    id: task.id,
    source: 'task',
    kind: task.alertIssue === undefined ? 'question' : 'issue',
    receivedAt: task.now,
    // Not the task's title: that is written by who knows the answer.
    title: firstLine(task.question),
    text: task.question,
    ...(task.alertIssue !== undefined && { sentry: { issueId: task.alertIssue } }),
  }
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 300)
}
