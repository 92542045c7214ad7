import type { Policy } from '../../../core/policy.ts'
import { noUsage } from '../../../core/usage.ts'
import { createChooser } from './head.ts'
import type { Decision, Weights } from './head.ts'
import { readMemory } from './memory.ts'
import { orchestratorTurn } from './orchestrator-policy.ts'
import { createRandom } from './random.ts'
import { workerTurn } from './worker-policy.ts'

export interface LocalPolicyOptions {
  readonly name: string
  readonly weights: Weights
  /** 0 acts on the best score; training and exploration sample. A run's own sampling settings win. */
  readonly temperature?: number
  readonly onDecision?: (decision: Decision) => void
  readonly steer?: (decision: Decision) => number | undefined
}

/**
 * A policy without a language model: it scores typed actions (which worker, which tool with which of the entities seen,
 * when to stop, what to blame) by linear weights over features of schemas, signals and entities. It reads no prose and
 * knows no task. The same items, seed and weights give the same answer.
 */
export function createLocalPolicy({ name, weights, temperature = 0, onDecision, steer }: LocalPolicyOptions): Policy {
  return {
    name,
    next: async (items, tools, settings) => {
      const random = createRandom((settings.seed ?? 1) * 7919 + items.length * 104_729 + textSeed(settings.agent + firstUserText(items)))
      const choose = createChooser({ weights, agent: settings.agent, temperature: settings.temperature ?? temperature, random, onDecision, steer })
      const memory = readMemory(items, settings.stepsLeft, settings.now)
      const turn = settings.agent === 'orchestrator' ? orchestratorTurn : workerTurn
      return { items: turn(memory, tools, choose), usage: noUsage, model: name }
    },
  }
}

function firstUserText(items: Parameters<Policy['next']>[0]): string {
  for (const item of items) if (item.type === 'message' && item.role === 'user') return item.content
  return ''
}

function textSeed(text: string): number {
  let hash = 2166136261
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619)
  return hash >>> 0
}
