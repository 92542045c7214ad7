import type { EntityKind } from '../../../core/entity.ts'
import type { Signal } from '../../../core/signal.ts'
import { abridge } from './abridge.ts'
import type { Aspect } from './aspects.ts'
import { aspectsOf } from './aspects.ts'
import { keyAmong } from './keys.ts'

/** What a signal's own words and entities say, whatever the run: worked out once for each signal. */
export interface SignalFacts {
  /** Its kind; that something needed is missing is a state of what lacks it. */
  readonly kind: Signal['kind']
  /** Keys of its entities, without repeats. */
  readonly keys: readonly string[]
  /** Those among `keys` that are parts of a system which a change and an error can both name. */
  readonly parts: readonly string[]
  readonly words: ReadonlySet<string>
  /** The names and numbers that stand in its text, lower case, whole and in the pieces that dots, slashes and colons part. */
  readonly tokens: ReadonlySet<string>
  readonly aspects: ReadonlySet<Aspect>
  /** Moments its text names, in milliseconds since 1970. */
  readonly moments: readonly number[]
  readonly namesIssue: boolean
  /** The numbers in its text; moments and hex are none. */
  readonly numbers: readonly string[]
  /** Its text as a report says it. */
  readonly short: string
  /** Whether it shows lines of a change itself. */
  readonly showsDiff: boolean
}

/** Things inside a system; ids of runs and deploys do not count. */
const partKinds: ReadonlySet<EntityKind> = new Set<EntityKind>(['file', 'function', 'table', 'column', 'identifier', 'variable', 'host', 'error_code', 'url', 'query', 'policy', 'config_map'])

interface Known { readonly signal: Signal; readonly facts: SignalFacts }
/** A finding's signals are those of its calls with the calls named: copies that share their entities. */
const byEntities = new WeakMap<Signal['entities'], Known>()

/** The facts of one signal; the same object for the same signal, also where another copy of it was asked about. */
export function factsOf(signal: Signal): SignalFacts {
  const known = byEntities.get(signal.entities)
  if (known && (known.signal === signal || says(known.signal, signal))) return known.facts
  const facts: SignalFacts = {
    kind: signal.kind === 'absence' && signal.severity >= 2 ? 'state' : signal.kind,
    keys: [...new Set(signal.entities.map((entity) => keyAmong(entity, signal.entities)))],
    parts: [...new Set(signal.entities.filter(({ kind }) => partKinds.has(kind)).map((entity) => keyAmong(entity, signal.entities)))],
    words: new Set(signal.text.toLowerCase().split(/[^a-z_]+/).filter((word) => word.length > 3)),
    tokens: tokensOf(signal.text),
    aspects: aspectsOf(signal.text),
    moments: [...signal.text.matchAll(/\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?/g)].map(([moment]) => Date.parse(`${moment.replace(' ', 'T')}Z`)),
    showsDiff: signal.kind === 'change' && /: [-+] | [-+] \S/.test(signal.text),
    numbers: numbersOf(signal.text),
    short: abridge(signal.text),
    namesIssue: signal.entities.some(({ kind }) => kind === 'issue'),
  }
  byEntities.set(signal.entities, { signal, facts })
  return facts
}

function says(one: Signal, other: Signal): boolean {
  return one.text === other.text && one.kind === other.kind && one.severity === other.severity
}

function numbersOf(text: string): readonly string[] {
  return text.replaceAll(/\d{4}-\d{2}-\d{2}[T ]?[\d:.]*Z?|\b[0-9a-f]*[a-f][0-9a-f]*\b/gi, ' ').match(/\d+(?:\.\d+)?/g) ?? []
}

function tokensOf(text: string): Set<string> {
  const whole = text.toLowerCase().match(/[a-z0-9_#][a-z0-9_.\-/:#]*[a-z0-9_]/g) ?? []
  return new Set(whole.flatMap((token) => [token, ...token.split(/[./:]/)]).filter((token) => token.length >= 4 || token.startsWith('#')))
}

/** What a policy takes a signal for: its kind, or that it is a line which nobody typed. */
export function takenFor({ quoted, facts }: { readonly quoted: boolean; readonly facts: SignalFacts }): SignalFacts['kind'] | 'quote' {
  return quoted ? 'quote' : facts.kind
}

/** Whether two lines say the same with other numbers. */
export function sameWords({ words: a }: SignalFacts, { words: b }: SignalFacts): boolean {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a]
  let shared = 0
  for (const word of few) if (many.has(word)) shared += 1
  return shared >= 0.7 * few.size
}
