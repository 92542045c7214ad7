import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal, SignalKind } from '../../src/core/signal.ts'
import { extractEntities } from './extract-entities.ts'
import { clip } from './plain-text.ts'

/** A signal whose entities are `about` (what the line is on) and then whatever its own text names. One line, cut to fit. */
export function makeSignal(
  kind: SignalKind, severity: 0 | 1 | 2 | 3, text: string, more: { about?: readonly Entity[]; at?: string | undefined; count?: number | undefined } = {},
): Signal {
  const { about = [], at, count } = more
  return {
    kind,
    severity,
    text: clip(text, 400),
    ...(at === undefined ? {} : { at }),
    ...(count === undefined ? {} : { count }),
    entities: distinctEntities([...about, ...extractEntities(text)]).slice(0, 20),
  }
}
