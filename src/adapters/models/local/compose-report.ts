import { lengthWith, storyOf } from './abridge.ts'
import type { Choose, Features, HeadName, ReportPart } from './head.ts'
import { culpritFeatures } from './culprit-features.ts'
import { signalFeatures } from './signal-features.ts'
import { isChange, stationOf } from './stations.ts'
import { verdictFeatures } from './verdict-features.ts'
import type { Ending, Suspect, Suspects } from './verdict-features.ts'
import type { Memory } from './memory.ts'
import type { Blame, SeenSignal, Thing } from './seen.ts'

/** What a local policy concludes: the signals it builds on, most telling first, and the one thing to blame, or why there is none. */
export interface Conclusion {
  readonly cause: readonly SeenSignal[]
  readonly blame: Blame
}

/** The entity that is blamed, if one is. */
export function culpritOf({ blame }: Pick<Conclusion, 'blame'>): Thing | undefined {
  return typeof blame === 'string' ? undefined : blame
}

type CauseHead = 'worker.claim' | 'orchestrator.cause'

/** The heads that write an agent's report, and how its report can end. */
export interface ReportHeads {
  readonly cause: CauseHead
  readonly verdict: 'worker.verdict' | 'orchestrator.verdict'
  readonly change: 'worker.change' | 'orchestrator.change'
  readonly thing: 'worker.thing' | 'orchestrator.thing'
  readonly endings: readonly Ending[]
}

const stopFeatures = (taken: number, room: number): Features => ({ stop: 1, 'stop:none_taken': taken === 0 ? 1 : 0, 'stop:one_taken': taken === 1 ? 1 : 0, 'stop:many_taken': taken >= 3 ? 1 : 0, 'stop:room': room })

/** Statements a report is made of at most. */
export const mostStatements = 9

/** Characters a root cause and an answer may have. */
export const mostCharacters = 600

/** Chooses signals one after another until it stops, has `most` of them or has no room for another. */
function chooseSignals(memory: Memory, head: CauseHead, choose: Choose, most: number, blame: Blame): readonly SeenSignal[] {
  let told: readonly SeenSignal[] = []
  while (told.length < most) {
    const said = causeText(told).length
    const open = memory.signals.filter((seen) => !told.includes(seen) && lengthWith(said, seen.facts.short) <= mostCharacters)
    if (open.length === 0) break
    const room = 1 - said / mostCharacters
    const index = choose(head, [...open.map((seen) => signalFeatures(seen, memory, told, blame)), stopFeatures(told.length, room)], [...open.map(({ facts }): ReportPart => ({ part: 'statement', text: facts.short })), { part: 'stop' }])
    const next = open[index]
    if (!next) break
    told = [...told, next]
  }
  return told
}

/** How it ends first, then what to blame, then what shows that: so the story names no rival of its own culprit. */
export function draw(memory: Memory, heads: ReportHeads, choose: Choose, most: number): Conclusion {
  const trouble = mainTrouble(memory)
  const suspects = findSuspects(memory, trouble)
  const ending = chooseEnding(memory, suspects, heads, choose)
  const blame = ending === 'change' || ending === 'thing' ? chooseCulprit(suspects[ending], heads[ending], choose) : ending
  return { blame, cause: chooseSignals(memory, heads.cause, choose, most, blame) }
}

/** What went wrong: the worst of what hangs closest together with the question. */
function mainTrouble({ signals }: Memory): SeenSignal[] {
  const weight = ({ signal, relevance }: SeenSignal): number => relevance * (signal.severity / 3) * (signal.kind === 'error' ? 1.1 : 1)
  const [worst] = signals.filter(({ signal, quoted }) => !quoted && signal.severity >= 2 && ['error', 'state', 'anomaly'].includes(signal.kind)).toSorted((a, b) => weight(b) - weight(a))
  return worst ? [worst] : []
}

const verdictOf = { change: 'root_cause', thing: 'root_cause', no_fault: 'no_fault', undecided: 'inconclusive', facts_only: 'root_cause' } as const

function chooseEnding(memory: Memory, suspects: Suspects, { verdict, endings, ...heads }: ReportHeads, choose: Choose): Ending {
  const open = endings.filter((ending) => (ending !== 'change' && ending !== 'thing') || suspects[ending].length > 0)
  const rate = (group: keyof Suspects): number => choose.rate(heads[group], suspects[group].map(({ features }) => features))
  const options = open.map((ending): ReportPart => ({ part: 'verdict', verdict: verdictOf[ending], among: ending === 'change' || ending === 'thing' ? suspects[ending].map(({ thing }) => thing.entity.value) : [] }))
  const rated = { change: rate('change'), thing: rate('thing') }
  return open[choose(verdict, verdictFeatures(open, memory, { suspects, rated }), options)] ?? 'undecided'
}

/** How many things are considered as the culprit. */
const mostSuspects = 120

/**
 * Who can be to blame: what signals name, that which hangs closest together with the question first; what the trouble itself names is
 * always among them. Changes and everything else are told apart, for other things speak against them.
 */
function findSuspects(memory: Memory, trouble: readonly SeenSignal[]): Suspects {
  const near = memory.things.all.filter(canBeBlamed).toSorted((a, b) => b.relevance - a.relevance).slice(0, mostSuspects)
  const named = trouble.flatMap(({ keys }) => keys.flatMap((key) => memory.things.of(key) ?? [])).filter(canBeBlamed)
  const all = [...new Set([...named, ...near])]
  const [changes, things] = [all.filter(isChange), all.filter((thing) => !isChange(thing))]
  const described = (group: readonly Thing[]): Suspect[] => {
    const features = culpritFeatures(group, memory, trouble)
    return group.map((thing, index) => ({ thing, features: features[index] ?? {} }))
  }
  return { change: described(changes), thing: described(things) }
}

/** Places and traces of a trouble are not to blame for it; nor is what no tool says anything of. */
function canBeBlamed(thing: Thing): boolean {
  const { kind } = thing.entity
  if (stationOf(kind) === 'place' || (stationOf(kind) === 'symptom' && kind !== 'identifier')) return false
  return thing.naming.some(({ quoted, facts }) => !quoted && facts.keys.some((key) => thing.keys.has(key)))
}

/** Chooses the culprit among the suspects. */
function chooseCulprit(suspects: readonly Suspect[], head: HeadName, choose: Choose): Thing | 'undecided' {
  const index = choose(head, suspects.map(({ features }) => features), suspects.map(({ thing }): ReportPart => ({ part: 'culprit', text: thing.entity.value })))
  return suspects[index]?.thing ?? 'undecided'
}

/** The chosen signals as one text. */
export function causeText(cause: readonly SeenSignal[]): string {
  return storyOf(cause.map(({ facts }) => facts.short))
}
