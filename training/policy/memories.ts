import type { Decision, Weights } from '../../src/adapters/models/local/head.ts'
import { createLocalPolicy } from '../../src/adapters/models/local/local-policy.ts'
import type { Item, PolicySettings } from '../../src/core/policy.ts'
import type { Answer } from '../../src/core/task.ts'
import type { ToolSpec } from '../../src/core/tool.ts'
import { toRows } from './dense-weights.ts'
import type { Vocabulary } from './dense-weights.ts'
import { createOptionJudge } from './option-worth.ts'
import type { OptionJudge } from './option-worth.ts'
import type { Choice } from './policy-gradient.ts'

/** An investigation at the moment of its report: everything it saw, and the true answer to judge with. */
export interface KeptMemory {
  readonly answer: Answer
  readonly items: readonly Item[]
  readonly tools: readonly ToolSpec[]
  readonly settings: PolicySettings
}

/** A choice of which it is known what each option would have earned. */
export interface JudgedChoice extends Choice {
  readonly worths: readonly number[]
}

export interface DrawOptions {
  readonly weights: Weights
  readonly vocabulary: Vocabulary
  readonly temperature: number
  readonly seed: number
}

/** The choices of a report from a memory, each judged: led past a wrong verdict and a wrong culprit, so that what comes after them is learned too. */
export async function drawReport({ answer, items, tools, settings }: KeptMemory, { weights, vocabulary, temperature, seed }: DrawOptions): Promise<JudgedChoice[]> {
  const decisions: Decision[] = []
  const judge = judgeOf(answer)
  const policy = createLocalPolicy({ name: 'local:learning', weights, onDecision: (decision) => decisions.push(decision), steer: judge.right })
  await policy.next(items, tools, { ...settings, temperature, seed, stepsLeft: 1 })
  const worths = judge.worth(decisions)
  return decisions.flatMap((decision, index): JudgedChoice[] => {
    const worth = worths[index]
    return worth && decision.candidates.length > 1 ? [{ ...choiceOf(decision, vocabulary), worths: worth }] : []
  })
}

const judges = new WeakMap<Answer, OptionJudge>()

function judgeOf(answer: Answer): OptionJudge {
  const judge = judges.get(answer) ?? createOptionJudge(answer)
  judges.set(answer, judge)
  return judge
}

/** Decisions as they are learned from; one among one candidate teaches nothing. */
export function choicesOf(decisions: readonly Decision[], vocabulary: Vocabulary): Choice[] {
  return decisions.filter(({ candidates }) => candidates.length > 1).map((decision) => choiceOf(decision, vocabulary))
}

function choiceOf({ head, candidates, chosen }: Decision, vocabulary: Vocabulary): Choice {
  return { head, rows: toRows(head, candidates, vocabulary), chosen }
}
