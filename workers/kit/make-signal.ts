import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal, SignalKind } from '../../src/core/signal.ts'
import { extractEntities } from './extract-entities.ts'
import { clip } from './plain-text.ts'

/**
 * A signal whose entities are `about` (what the line is on) and then whatever `says` names: its own text unless given, which is
 * worth giving where the text has an address in front of what is said. One line, cut to fit.
 */
export function makeSignal(
  kind: SignalKind, severity: 0 | 1 | 2 | 3, text: string, more: { about?: readonly Entity[]; says?: string; at?: string | undefined; count?: number | undefined } = {},
): Signal {
  const { about = [], says = text, at, count } = more
  // What `about` already names is not named again by a part of it, such as the end of an image's name.
  const said = extractEntities(says).filter((entity) => !about.some((known) => known.value.includes(entity.value)))
  return {
    kind,
    severity,
    text: clip(text, 400),
    ...(at === undefined ? {} : { at }),
    ...(count === undefined ? {} : { count }),
    entities: distinctEntities([...about, ...said]).slice(0, 20),
  }
}
