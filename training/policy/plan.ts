import type { Weights } from '../../src/adapters/models/local/head.ts'
import type { Schedule } from './learn.ts'
import { standardStages } from './train-stages.ts'
import type { Stage } from './train-stages.ts'

/** Everything one training needs to be repeated: what it begins with, what it sees, and how long it learns. */
export interface TrainingPlan {
  readonly start: Weights
  /** Draws of each family and level to train on, and to validate on. */
  readonly draws: number
  readonly validationDraws: number
  /** Multiplies the rounds of every stage. */
  readonly effort: number
  /** Which stages, in order. */
  readonly stages: readonly Stage['name'][]
}

/** The first draw to train on; fixed tasks pin smaller numbers. */
export const firstTrainingDraw = 1_000

const common = { attempts: 2, reportBatch: 32, actingTemperature: 0.25, reportTemperature: 0.5, actingRate: 0.005, reportRate: 0.06, entropyBonus: 0.001, pull: 0.003 } as const

const schedules: Readonly<Record<'workers' | 'orchestrator' | 'together', Schedule>> = {
  workers: { ...common, rounds: 5, tasks: 36, reportSteps: 20, actingRate: 0.001 },
  orchestrator: { ...common, rounds: 16, tasks: 20, reportSteps: 25 },
  together: { ...common, rounds: 2, tasks: 12, reportSteps: 20, actingRate: 0.001, reportRate: 0.03 },
}

/** The stages a plan names, with their rounds. */
export function stagesOf({ stages, effort }: Pick<TrainingPlan, 'stages' | 'effort'>): Stage[] {
  return standardStages(schedules)
    .filter(({ name }) => stages.includes(name))
    .map((stage) => ({ ...stage, schedule: { ...stage.schedule, rounds: Math.max(1, Math.round(stage.schedule.rounds * effort)) } }))
}
