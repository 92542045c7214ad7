/** What a JSON document holds; objects of a world are read through these, since their shapes are not fixed. */
export type Json = Readonly<Record<string, unknown>>

/** The value at `path`, or undefined where the path ends early. */
export function field(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined
    current = Reflect.get(current, key)
  }
  return current
}

/** The text at `path`; numbers and booleans as text; empty where there is neither. */
export function text(value: unknown, ...path: readonly (string | number)[]): string {
  const found = field(value, ...path)
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : ''
}

/** The number at `path`, or `otherwise`. */
export function count(value: unknown, path: readonly (string | number)[], otherwise = 0): number {
  const found = field(value, ...path)
  return typeof found === 'number' ? found : otherwise
}

/** The items at `path`; none where there is no array. */
export function list(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = field(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The object at `path`; empty where there is none. */
export function record(value: unknown, ...path: readonly (string | number)[]): Json {
  const found = field(value, ...path)
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Json) : {}
}
