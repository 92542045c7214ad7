import { z } from 'zod'
import { readPrompts } from '../../src/adapters/prompts/read-prompts.ts'
import { UserError } from '../../src/core/errors.ts'
import { AgentName } from '../../src/core/worker.ts'
import { families } from '../../tasks/families/catalog.ts'
import type { Card } from '../candidates/candidate.ts'
import type { TrainingPlan } from '../policy/plan.ts'
import { trainOnThreads } from '../policy/train-on-threads.ts'
import { readKnobs } from './knobs.ts'
import type { JobRecord, Trainer, TrainerDeps, TrainOutcome, TrainSettings, Watch } from './trainer.ts'

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const Knobs = z.strictObject({
  /** How many seeds, each on a thread of its own; the best on validation is kept. */
  seeds: whole(1, 16).default(2),
  /** Draws of each family and level to learn from, and to choose by. */
  draws: whole(1, 50).default(3),
  'validation-draws': whole(1, 50).default(2),
  /** Multiplies the rounds of every stage. */
  effort: z.coerce.number().min(0.05).max(20).default(0.5),
})

/** `state` of a local job: the whole of it, since a local training that was broken off begins anew. */
const State = z.object({ plan: z.custom<TrainingPlan>((value) => typeof value === 'object' && value !== null), seeds: z.array(z.number().int()), base: z.string(), name: z.string() })

/** The trainer of the local policy: draws of the train families on this machine's cores, no model and no key. */
export function createLocalTrainer({ promptsDirectory, now }: Pick<TrainerDeps, 'promptsDirectory' | 'now'>): Trainer {
  return {
    name: 'local',
    defaultLevel: 'all',
    export: async (_input, settings) => {
      const { draws, 'validation-draws': validationDraws } = readKnobs(Knobs, settings.knobs, 'local')
      const of = (split: string) => families.filter((family) => family.split === split)
      const count = (split: string, each: number): number => of(split).reduce((sum, family) => sum + family.levels.length * each, 0)
      return {
        files: [],
        problems: of('train').length === 0 ? ['There is no family to train on.'] : [],
        notes: ['The local policy learns from draws of the train families, in this process; fixed tasks and rollouts are not read.'],
        data: { families: of('train').map(({ slug }) => slug), trainTasks: count('train', draws), validationTasks: count('validation', validationDraws) },
      }
    },
    start: async (_exported, settings, watch) => {
      const job: JobRecord = { version: 1, id: settings.name, trainer: 'local', startedAt: now().toISOString(), level: settings.level, status: 'running', state: { ...stateOf(settings, promptsDirectory) } }
      await watch.save(job)
      return job
    },
    follow: (job, watch) => train(job, watch, now),
  }
}

function stateOf({ name, level, base = 'local:prior', seed, knobs }: TrainSettings, promptsDirectory: string): z.infer<typeof State> {
  const { seeds, draws, 'validation-draws': validationDraws, effort } = readKnobs(Knobs, knobs, 'local')
  const start = base === 'local:untrained' ? {} : base.startsWith('local:') ? readPrompts(promptsDirectory).localWeights(base.slice('local:'.length)) : undefined
  if (!start) throw new UserError(`The local trainer cannot begin with "${base}". It begins with local:prior, local:untrained or another local version.`)
  const stages = level === 'all' ? ['workers', 'orchestrator', 'together'] : level === 'orchestrator' ? ['orchestrator'] : ['workers']
  return { plan: { start, draws, validationDraws, effort, stages }, seeds: Array.from({ length: seeds }, (_, index) => seed + index), base, name }
}

async function train(job: JobRecord, watch: Watch, now: () => Date): Promise<TrainOutcome> {
  const { plan, seeds, base, name } = State.parse(job.state)
  try {
    const results = await trainOnThreads(plan, seeds, watch.signal, ({ seed, progress: { stage, round, rollouts, reward, toolCalls, validation } }) =>
      watch.onEvent({
        at: now().toISOString(),
        text: `seed ${seed}, ${stage} ${round + 1}: reward ${reward.toFixed(2)}, ${toolCalls.toFixed(0)} tool calls${validation === undefined ? '' : `, worth on validation ${validation.toFixed(2)}`}`,
        metrics: { seed, round, rollouts, reward, toolCalls, ...(validation !== undefined && { validation }) },
      }))
    const [best] = results
    if (!best) return { kind: 'failed', message: 'No seed came to a result.' }
    const card: Card = {
      date: now().toISOString(), trainer: 'local', base,
      data: { families: [...best.families], trainTasks: best.trainTasks, validationTasks: best.validationTasks, rollouts: results.reduce((sum, { rollouts }) => sum + rollouts, 0) },
      seeds,
      settings: { stages: plan.stages.join(', '), draws: plan.draws, validationDraws: plan.validationDraws, effort: plan.effort },
      figures: { chosenSeed: best.seed, ...Object.fromEntries(results.map(({ seed, validation }) => [`validation.worth.seed${seed}`, Math.round(validation * 1e4) / 1e4])) },
    }
    await watch.save({ ...job, status: 'succeeded' })
    return { kind: 'candidate', weights: best.weights, candidate: { version: 1, name, roles: rolesOf(job.level, name), card } }
  } catch (error) {
    if (!watch.signal.aborted) throw error
    await watch.save({ ...job, status: 'left' })
    return { kind: 'left', message: 'The training was broken off; nothing of it is kept. Follow the job to begin it anew with the same seeds.' }
  }
}

/** A worker's own training changes the shared worker heads: every worker that is trained acts by them. */
function rolesOf(level: JobRecord['level'], name: string): Record<string, string> {
  const roles = level === 'all' ? AgentName.options : [level]
  return Object.fromEntries(roles.map((role) => [role, `local:${name}`]))
}
