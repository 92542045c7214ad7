/** A setting inside a nested document: the names that lead to it, and its value as text. */
export interface PlainField {
  readonly path: readonly string[]
  readonly value: string
}

/** Names below which everything is a secret until shown otherwise. */
const HIDDEN = /^(?:variables|sharedVariables|encryptedVariables)$/i
const SECRET = /secret|token|password|passwd|credential|private|api_?key|authorization|cookie|values?$/i
const DEEPEST = 8

/**
 * The leaves of a loose JSON document, in its order. Values of variables, and whatever is named a value or like a secret, are left out: `value` is then
 * `set`, or `removed` for null. A list is one leaf. At most `most` leaves.
 */
export function plainFields(document: unknown, most: number): PlainField[] {
  const fields: PlainField[] = []
  const walk = (node: unknown, path: readonly string[]): void => {
    if (fields.length >= most) return
    const hidden = path.findIndex((name) => HIDDEN.test(name))
    // Below `variables` stands each variable's name, and below that what must not be seen.
    const atVariable = hidden !== -1 && path.length === hidden + 2
    if (!atVariable && isRecord(node) && path.length < DEEPEST) {
      for (const [name, value] of Object.entries(node)) walk(value, [...path, name])
      return
    }
    const last = path.at(-1) ?? ''
    fields.push({ path, value: hidden !== -1 || SECRET.test(last) ? (node === null ? 'removed' : 'set') : leafText(node) })
  }
  walk(document, [])
  return fields.filter(({ path }) => path.length > 0)
}

function leafText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
