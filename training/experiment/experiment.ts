import type { Weights } from '../../src/adapters/models/local/head.ts'
import type { Card } from '../candidates/candidate.ts'
import { trainOnThreads } from '../policy/train-on-threads.ts'
import type { Curve } from './learning-curve.ts'
import { withoutEach } from './measure-policies.ts'
import type { Contender, Measurement } from './measure-policies.ts'
import { createPartRunner } from './run-parts.ts'
import type { Timing } from './time-trajectories.ts'

/** Everything that was measured, in the order of the questions. */
export interface ExperimentResult {
  readonly training: { readonly seconds: number; readonly rollouts: number; readonly seeds: readonly number[]; readonly chosen: number; readonly card: Card['data'] }
  readonly weights: Weights
  /** Split and level → contenders. */
  readonly success: readonly { readonly split: string; readonly level: string; readonly measured: readonly Measurement[] }[]
  readonly curves: readonly { readonly name: string; readonly curve: Omit<Curve, 'weights'>; readonly test: Measurement }[]
  readonly ablation: readonly Measurement[]
  readonly noise: readonly { readonly share: number; readonly test: Measurement }[]
  readonly timing: readonly Timing[]
  readonly seconds: number
}

export interface ExperimentOptions {
  readonly prior: Weights
  /** 1 is the whole experiment; less makes every part smaller, to try it out. */
  readonly size: number
  /** Test families that somebody who shaped the policy or its tools has seen. */
  readonly leaveOut: readonly string[]
  readonly signal: AbortSignal
  readonly onNews: (text: string) => void
}

const seeds = [1, 2]
/** Draws to measure with are none that anybody trains on, nor any that a fixed task pins. */
const firstMeasuredDraw = 7_000

/** Runs all parts with fixed seeds, two at a time, and returns what they measured. */
export async function runExperiment({ prior, size, leaveOut, signal, onNews }: ExperimentOptions): Promise<ExperimentResult> {
  const began = performance.now()
  const scaled = (whole: number): number => Math.max(1, Math.round(whole * size))
  const run = createPartRunner(2)
  const say = (what: string): void => onNews(`${Math.round((performance.now() - began) / 1000)} s: ${what}`)

  const results = await trainOnThreads({ start: prior, draws: scaled(3), validationDraws: 2, effort: 0.5 * size, stages: ['workers', 'orchestrator', 'together'] }, seeds, signal, () => {})
  const [best] = results
  if (!best) throw new Error('No seed came to a result.')
  const trainingSeconds = (performance.now() - began) / 1000
  say(`trained, seed ${best.seed} chosen on validation`)

  const baselines: Contender[] = [{ name: 'local:untrained', weights: {}, temperature: 1 }, { name: 'local:prior', weights: prior, temperature: 0 }]
  const contenders: Contender[] = [...baselines, { name: 'trained', weights: best.weights, temperature: 0 }]
  const measured = (split: 'train' | 'validation' | 'test', level: 'orchestrator' | 'workers', draws: number) =>
    run('measure', { contenders, split, level, draws: scaled(draws), from: firstMeasuredDraw, leaveOut }).then((result) => ({ split, level, measured: result }))
  const success = await Promise.all([measured('test', 'orchestrator', 5), measured('train', 'orchestrator', 1), measured('validation', 'orchestrator', 3), measured('test', 'workers', 2), measured('train', 'workers', 1)])
  say('measured against both baselines')

  const [flat, hierarchical, atOnce] = await Promise.all([
    run('curve', { start: prior, flat: true, everybody: true, rounds: scaled(5), draws: 1, seed: 1, every: 1 }),
    run('curve', { start: prior, flat: false, everybody: false, rounds: scaled(5), draws: 1, seed: 1, every: 1 }),
    run('curve', { start: prior, flat: false, everybody: true, rounds: scaled(5), draws: 1, seed: 1, every: 1 }),
  ])
  say('learned flat, hierarchical and all at once, at equal rollouts')
  const noisy = await Promise.all([0, 0.1, 0.2, 0.3].map(async (share) => ({ share, curve: await run('curve', { start: prior, flat: false, everybody: false, rounds: scaled(2), draws: 1, seed: 1, noise: share, every: 100 }) })))
  say('learned from wrong labels')

  const named = [
    { name: 'flat', curve: flat, flat: true }, { name: 'hierarchical, orchestrator learns', curve: hierarchical, flat: false }, { name: 'hierarchical, everybody at once', curve: atOnce, flat: false },
  ]
  const [tested, ablation] = await Promise.all([
    run('measure', {
      contenders: [...named.map(({ name, curve, flat: isFlat }): Contender => ({ name, weights: curve.weights, temperature: 0, flat: isFlat })), ...noisy.map(({ share, curve }): Contender => ({ name: `noise ${share}`, weights: curve.weights, temperature: 0 }))],
      split: 'test', level: 'orchestrator', draws: scaled(3), from: firstMeasuredDraw, leaveOut,
    }),
    run('measure', { contenders: withoutEach(best.weights), split: 'test', level: 'orchestrator', draws: scaled(2), from: firstMeasuredDraw, leaveOut }),
  ])
  say('tested those, and the trained one without each worker')
  const timing = await Promise.all(seeds.map((seed) => run('time', { weights: best.weights, count: scaled(1500), seed })))
  say('timed 3,000 trajectories')

  return {
    training: { seconds: trainingSeconds, rollouts: results.reduce((sum, { rollouts }) => sum + rollouts, 0), seeds, chosen: best.seed, card: { families: [...best.families], trainTasks: best.trainTasks, validationTasks: best.validationTasks } },
    weights: best.weights, success, ablation,
    curves: named.map(({ name, curve: { points, seconds } }, index) => ({ name, curve: { points, seconds }, test: at(tested, index) })),
    noise: noisy.map(({ share }, index) => ({ share, test: at(tested, named.length + index) })),
    timing,
    seconds: (performance.now() - began) / 1000,
  }
}

function at(measured: readonly Measurement[], index: number): Measurement {
  const found = measured[index]
  if (!found) throw new Error('A contender was not measured.')
  return found
}
