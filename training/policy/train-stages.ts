import type { Weights } from '../../src/adapters/models/local/head.ts'
import { workerNames } from '../../src/core/worker.ts'
import type { AgentName } from '../../src/core/worker.ts'
import { learn } from './learn.ts'
import type { Progress, Schedule } from './learn.ts'
import { worthAt } from './success.ts'
import type { Ground } from './training-ground.ts'

/** One part of the training: who learns, on which level's tasks, and how. */
export interface Stage {
  readonly name: string
  readonly level: (level: AgentName) => boolean
  readonly learns: (agent: AgentName) => boolean
  readonly schedule: Schedule
  /** Validation is looked at after every so many rounds; the best weights seen there are kept. */
  readonly validateEvery: number
}

export interface StageProgress extends Omit<Progress, 'weights'> {
  readonly stage: string
  /** Attempts of this round. */
  readonly attempts: number
  /** Worth on the validation grounds of this stage's level, where it was measured. */
  readonly validation?: number | undefined
}

export interface StagesOptions {
  readonly start: Weights
  readonly stages: readonly Stage[]
  readonly train: readonly Ground[]
  readonly validation: readonly Ground[]
  readonly seed: number
  readonly signal: AbortSignal
  readonly onProgress: (progress: StageProgress) => void
}

/** Learns one stage after another; each begins with the best weights of the one before. Returns the last stage's best. */
export async function trainStages({ start, stages, train, validation, seed, signal, onProgress }: StagesOptions): Promise<Weights> {
  let weights = start
  for (const [index, stage] of stages.entries()) {
    const grounds = train.filter(({ loaded: { task } }) => stage.level(task.level))
    const held = validation.filter(({ loaded: { task } }) => stage.level(task.level))
    if (grounds.length === 0) continue
    let best = { weights, validation: await worthAt(weights, held, { signal }) }
    let before = 0
    await learn({
      start: weights, grounds, learns: stage.learns, schedule: stage.schedule, seed: seed * 31 + index, signal,
      onRound: async ({ weights: learned, ...progress }) => {
        const due = (progress.round + 1) % stage.validateEvery === 0
        const reached = due ? await worthAt(learned(), held, { signal }) : undefined
        // As good is better: it has seen more.
        if (reached !== undefined && reached >= best.validation) best = { weights: learned(), validation: reached }
        onProgress({ stage: stage.name, ...progress, attempts: progress.rollouts - before, validation: reached })
        before = progress.rollouts
      },
    })
    weights = best.weights
  }
  return weights
}

const isWorker = (agent: AgentName): boolean => workerNames.some((name) => name === agent)

/** The stages of the whole: workers alone, then the orchestrator over them, then all together. */
export function standardStages(schedules: { workers: Schedule; orchestrator: Schedule; together: Schedule }): Stage[] {
  return [
    { name: 'workers', level: isWorker, learns: isWorker, schedule: schedules.workers, validateEvery: 2 },
    { name: 'orchestrator', level: (level) => level === 'orchestrator', learns: (agent) => agent === 'orchestrator', schedule: schedules.orchestrator, validateEvery: 2 },
    { name: 'together', level: (level) => level === 'orchestrator', learns: () => true, schedule: schedules.together, validateEvery: 2 },
  ]
}
