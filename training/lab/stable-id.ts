import { createHash } from 'node:crypto'

/** `length` hex digits that depend on `seed` alone, so that what a world leaves unsaid is the same in every run. At most 64. */
export function stableHex(seed: string, length: number): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, length)
}

/** A UUID (version 4 in form) that depends on `seed` alone. */
export function stableUuid(seed: string): string {
  const hex = stableHex(seed, 32)
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-')
}
