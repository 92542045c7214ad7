import { parentPort, workerData } from 'node:worker_threads'
import type { AgentName } from '../../src/core/worker.ts'
import { calibrateAbstaining } from './calibrate-abstaining.ts'
import type { TrainingPlan } from './plan.ts'
import { firstTrainingDraw, stagesOf } from './plan.ts'
import { worthAt } from './success.ts'
import { trainStages } from './train-stages.ts'
import type { StageProgress } from './train-stages.ts'
import { closeGrounds, openGrounds } from './training-ground.ts'
import type { Weights } from '../../src/adapters/models/local/head.ts'

/** What a training thread is given. */
export interface ThreadTask {
  readonly plan: TrainingPlan
  readonly seed: number
}

/** What it says: progress, and its result as the last word. */
export type ThreadWord =
  | { readonly kind: 'progress'; readonly seed: number; readonly progress: StageProgress }
  | { readonly kind: 'result'; readonly seed: number; readonly weights: Weights; readonly validation: number; readonly rollouts: number; readonly trainTasks: number; readonly validationTasks: number; readonly families: readonly string[] }

const { plan, seed } = workerData as ThreadTask
const say = (word: ThreadWord): void => parentPort?.postMessage(word)
const signal = new AbortController().signal
const stages = stagesOf(plan)
const needed = (level: AgentName): boolean => stages.some((stage) => stage.level(level))
const train = await openGrounds({ split: 'train', level: needed, draws: plan.draws, from: firstTrainingDraw })
const validation = await openGrounds({ split: 'validation', level: (level) => level === 'orchestrator' || needed(level), draws: plan.validationDraws, from: firstTrainingDraw })
let rollouts = 0
try {
  const learned = await trainStages({
    start: plan.start, stages, train, validation, seed, signal,
    onProgress: (progress) => {
      rollouts += progress.attempts
      say({ kind: 'progress', seed, progress })
    },
  })
  const held = validation.filter(({ loaded: { task } }) => task.level === 'orchestrator')
  const worthOf = (tried: Weights): Promise<number> => worthAt(tried, held, { signal })
  const { weights, worth } = stages.some(({ learns }) => learns('orchestrator')) ? await calibrateAbstaining(learned, worthOf) : { weights: learned, worth: await worthOf(learned) }
  say({ kind: 'result', seed, weights, validation: worth, rollouts, trainTasks: train.length, validationTasks: validation.length, families: [...new Set(train.map(({ loaded: { task } }) => task.family))] })
} finally {
  await closeGrounds([...train, ...validation])
}
