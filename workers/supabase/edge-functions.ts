import { z } from 'zod'

/** The Management API's function; times are milliseconds since the epoch. */
export const FunctionAnswer = z.object({ slug: z.string(), name: z.string(), status: z.string(), version: z.number().int(), created_at: z.number(), updated_at: z.number(), verify_jwt: z.boolean().nullish() })

/** An edge function as tools return it. */
export const EdgeFunction = z.object({ function: z.string(), status: z.string(), version: z.number().int(), createdAt: z.string(), updatedAt: z.string(), verifyJwt: z.boolean() })

/** The API's function in our words. */
export function functionOf(answer: z.infer<typeof FunctionAnswer>): z.infer<typeof EdgeFunction> {
  const time = (milliseconds: number) => new Date(milliseconds).toISOString().replace('.000Z', 'Z')
  return { function: answer.slug, status: answer.status, version: answer.version, createdAt: time(answer.created_at), updatedAt: time(answer.updated_at), verifyJwt: answer.verify_jwt ?? true }
}
