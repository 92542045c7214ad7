import { z } from 'zod'

/** A required id or timestamp. */
export const required = z.coerce.string().min(1)

/** Optional text; an empty string stays an empty string. */
export const optionalText = z.string().optional()

/** A yes or no as forms and JSON write it. */
export const flag = z.preprocess(
  (given) => (typeof given === 'string' ? given === 'true' || given === '1' : given),
  z.boolean().optional(),
)

/** A whole number as forms and JSON write it. */
const count = z.coerce.number().int().min(0).optional()

/** Any JSON value, given as such (JSON body) or as a string of it (form body); text that is no JSON stays text for the checker to refuse. */
export const json = z.preprocess((given): unknown => {
  if (typeof given !== 'string') return given
  if (given === '') return undefined
  try {
    const value: unknown = JSON.parse(given)
    return value
  } catch {
    return given
  }
}, z.unknown())

/** A page of a listing: how many, and from where. */
export const page = { limit: count, cursor: optionalText }

/** Cuts one page out of a list. `cursor` is what an earlier page gave; an unknown one answers undefined. */
export function takePage<Item>(
  items: readonly Item[],
  limit: number,
  cursor: string | undefined,
): { items: Item[]; nextCursor: string } | undefined {
  const start = cursor ? Number(Buffer.from(cursor, 'base64').toString().replace('offset:', '')) : 0
  if (!Number.isInteger(start) || start < 0) return undefined
  const end = start + limit
  return {
    items: items.slice(start, end),
    nextCursor: end < items.length ? Buffer.from(`offset:${end}`).toString('base64') : '',
  }
}
