import type { Memory } from './memory.ts'
import type { SeenSignal, Thing } from './seen.ts'
import { rarityAmong, stemsIn, stemsOf } from './shared-words.ts'
import { stationOf } from './stations.ts'
import { isAbout } from './things.ts'
import { minutesBefore } from './timing.ts'

/** What every candidate is compared with. */
export interface Overview {
  /** What went wrong and hangs together with the question. */
  readonly troubles: readonly SeenSignal[]
  /** Parts of the system that relevant troubles name. */
  readonly troubledParts: ReadonlySet<string>
  /** The words of the troubles and of the question. */
  readonly troubleWords: ReadonlySet<string>
  readonly rarity: (word: string) => number
  /** Minutes from the change nearest before the onset to the onset. */
  readonly newestChange: number
  /** The highest relevance a thing of each station has. */
  readonly bestOfStation: ReadonlyMap<string, number>
  /** Names that workers proposed as the culprit, lower case. */
  readonly proposed: ReadonlySet<string>
  /** How many things of each kind there are, and how many of them are the first that something severe speaks of. */
  readonly siblings: ReadonlyMap<string, { readonly all: number; readonly blamed: number }>
  /** What the question itself names. */
  readonly asked: readonly Thing[]
  /** How telling each thing is that changes and troubles both name, by its key. */
  readonly links: Map<string, number>
}

const overviews = new WeakMap<Memory, Overview>()

/** The overview of a memory; the same object for the same memory. */
export function overviewOf(memory: Memory): Overview {
  const known = overviews.get(memory)
  if (known) return known
  const typed = memory.signals.filter(({ quoted }) => !quoted)
  const troubles = typed.filter(({ facts, relevance }) => ['error', 'state', 'anomaly'].includes(facts.kind) && relevance > 0.5)
  const severe = troubles.filter(({ signal }) => signal.severity >= 2)
  const changes = typed.flatMap(({ signal }) => (signal.kind === 'change' ? [minutesBefore(signal.at, memory.onset) ?? -9] : []))
  const bestOfStation = new Map<string, number>()
  const siblings = new Map<string, { all: number; blamed: number }>()
  for (const thing of memory.things.all) {
    const { entity: { kind }, relevance } = thing
    bestOfStation.set(stationOf(kind), Math.max(relevance, bestOfStation.get(stationOf(kind)) ?? 0))
    const count = siblings.get(kind) ?? { all: 0, blamed: 0 }
    siblings.set(kind, { all: count.all + 1, blamed: count.blamed + (leadSeverity(thing) >= 2 ? 1 : 0) })
  }
  const overview: Overview = {
    troubles,
    troubledParts: new Set(troubles.flatMap(({ facts }) => facts.parts)),
    troubleWords: new Set([...stemsIn(severe), ...stemsOf(questionWords(memory.question))]),
    rarity: rarityAmong(typed.map(({ signal }) => signal.text)),
    newestChange: Math.min(...changes.filter((minutes) => minutes >= -2)),
    bestOfStation,
    proposed: new Set(memory.calls.flatMap(({ output: { finding } }) => finding?.culprit?.name.toLowerCase() ?? [])),
    siblings,
    asked: memory.things.all.filter(({ inQuestion }) => inQuestion),
    links: new Map(),
  }
  overviews.set(memory, overview)
  return overview
}

/** The severity of the worst trouble that speaks of a thing before anything else, 0 to 3. */
export function leadSeverity(thing: Thing): number {
  return Math.max(0, ...thing.naming.flatMap((seen) => (!seen.quoted && ['error', 'state', 'anomaly', 'absence'].includes(seen.signal.kind) && isAbout(seen, thing) ? [seen.signal.severity] : [])))
}

/** What somebody wrote, without addresses. */
function questionWords(question: string): string {
  return question.replaceAll(/https?:\/\/\S+/g, ' ')
}
