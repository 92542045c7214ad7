import { distinctEntities } from '../../../core/entity.ts'
import type { Entity } from '../../../core/entity.ts'
import type { Choose, Features } from './head.ts'
import { culpritFeatures, signalFeatures } from './lead.ts'
import type { Memory, SeenSignal } from './memory.ts'

/** What a local policy concludes: the signals it builds on, most telling first, and the one thing to blame. */
export interface Conclusion {
  readonly cause: readonly SeenSignal[]
  readonly culprit: Entity | undefined
}

type CauseHead = 'worker.claim' | 'orchestrator.cause'
type CulpritHead = 'worker.culprit' | 'orchestrator.culprit'

const stopFeatures = (taken: number): Features => ({ stop: 1, 'stop:none_taken': taken === 0 ? 1 : 0, 'stop:one_taken': taken === 1 ? 1 : 0, 'stop:many_taken': taken >= 3 ? 1 : 0 })
const nobody = (memory: Memory): Features => ({
  nobody: 1,
  'nobody:nothing_broken': Math.max(0, ...memory.signals.map(({ signal }) => signal.severity)) < 2 ? 1 : 0,
  'nobody:no_change': memory.signals.some(({ signal }) => signal.kind === 'change') ? 0 : 1,
})

/** Chooses signals one after another, beside those already `taken`, until it stops or has `most` of them. */
function chooseSignals(memory: Memory, head: CauseHead, choose: Choose, most: number, known: Conclusion = { cause: [], culprit: undefined }): SeenSignal[] {
  const taken = [...known.cause]
  while (taken.length < most) {
    const open = memory.signals.filter((seen) => !taken.includes(seen))
    if (open.length === 0) break
    const index = choose(head, [...open.map((seen) => signalFeatures(seen, memory, taken, known.culprit)), stopFeatures(taken.length)])
    const next = open[index]
    if (!next) break
    taken.push(next)
  }
  return taken
}

/** What is wrong first, then what is to blame for it, then what shows that: so the story names no rival of its own culprit. */
export function draw(memory: Memory, heads: { cause: CauseHead; culprit: CulpritHead }, choose: Choose, most: number): Conclusion {
  const trouble = chooseSignals(memory, heads.cause, choose, 1)
  const culprit = trouble.length > 0 ? chooseCulprit(memory, trouble, heads.culprit, choose) : undefined
  return { culprit, cause: chooseSignals(memory, heads.cause, choose, most, { cause: trouble, culprit }) }
}

/** Chooses the culprit among the entities that signals name, or nobody. */
function chooseCulprit(memory: Memory, cause: readonly SeenSignal[], head: CulpritHead, choose: Choose): Entity | undefined {
  const named = distinctEntities([...cause, ...memory.signals].flatMap(({ signal }) => signal.entities)).slice(0, 80)
  const candidates = [...named.map((entity) => culpritFeatures(entity, memory, cause)), nobody(memory)]
  return named[choose(head, candidates)]
}

/** The chosen signals as one text of at most `most` characters, whole signals only. */
export function causeText(cause: readonly SeenSignal[], most: number): string {
  let text = ''
  for (const { signal } of cause) {
    const next = text === '' ? signal.text : `${text} · ${signal.text}`
    if (next.length > most) break
    text = next
  }
  return text
}
