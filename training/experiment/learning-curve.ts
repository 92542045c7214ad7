import type { Weights } from '../../src/adapters/models/local/head.ts'
import type { Answer } from '../../src/core/task.ts'
import { createRandom } from '../../src/adapters/models/local/random.ts'
import { learn } from '../policy/learn.ts'
import { firstTrainingDraw, stagesOf } from '../policy/plan.ts'
import { successAt } from '../policy/success.ts'
import { closeGrounds, openGrounds } from '../policy/training-ground.ts'
import type { Ground } from '../policy/training-ground.ts'

export interface CurveInput {
  readonly start: Weights
  /** One agent with all tools instead of the orchestrator over its workers. */
  readonly flat: boolean
  /** Who learns: the orchestrator alone, or everybody. */
  readonly everybody: boolean
  readonly rounds: number
  readonly draws: number
  readonly seed: number
  /** The share of training tasks whose answer is another task's. */
  readonly noise?: number
  /** Validation is measured after every so many rounds. */
  readonly every: number
}

export interface Curve {
  readonly points: readonly { readonly rollouts: number; readonly successes: number; readonly attempts: number }[]
  readonly weights: Weights
  readonly seconds: number
}

const orchestratorOnly = (level: string): boolean => level === 'orchestrator'

/** Learns from draws of the train families at the orchestrator's level, and measures on validation draws as it goes. */
export async function learningCurve({ start, flat, everybody, rounds, draws, seed, noise = 0, every }: CurveInput): Promise<Curve> {
  const [stage] = stagesOf({ stages: ['orchestrator'], effort: 1 })
  if (!stage) throw new Error('There is no stage for the orchestrator.')
  const train = mislabelled(await openGrounds({ split: 'train', level: orchestratorOnly, draws, from: firstTrainingDraw }), noise, seed)
  const validation = await openGrounds({ split: 'validation', level: orchestratorOnly, draws: 1, from: firstTrainingDraw })
  const signal = new AbortController().signal
  const points: { rollouts: number; successes: number; attempts: number }[] = [{ rollouts: 0, ...(await successAt(start, validation, { flat, signal })) }]
  const began = performance.now()
  try {
    const weights = await learn({
      start, grounds: train, learns: (agent) => everybody || agent === 'orchestrator', schedule: { ...stage.schedule, rounds }, seed, flat, signal,
      onRound: async ({ round, rollouts, weights: learned }) => {
        if ((round + 1) % every === 0) points.push({ rollouts, ...(await successAt(learned(), validation, { flat, signal })) })
      },
    })
    return { points, weights, seconds: (performance.now() - began) / 1000 }
  } finally {
    await closeGrounds([...train, ...validation])
  }
}

/** The same tasks, a share of them with the answer of another: what wrong labels from people would be. */
function mislabelled(grounds: readonly Ground[], share: number, seed: number): Ground[] {
  const random = createRandom(seed * 77 + 5)
  const answers: Answer[] = grounds.map(({ loaded: { answer } }) => answer)
  return grounds.map(({ loaded, site }) => {
    const other = answers[Math.floor(random() * answers.length)]
    return random() < share && other ? { site, loaded: { ...loaded, answer: other } } : { site, loaded }
  })
}
