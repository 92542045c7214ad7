import { z } from 'zod'
import { Entity } from './entity.ts'

/**
 * What a signal says: something failed, something changed, a state is unhealthy, a number is unusual,
 * an expected thing is absent, a document explains it, or it was checked and is fine.
 */
export const SignalKind = z.enum(['error', 'change', 'state', 'anomaly', 'absence', 'knowledge', 'healthy'])
export type SignalKind = z.infer<typeof SignalKind>

/**
 * One notable statement a tool makes about its result, in one line and typed, so that a policy that
 * reads no prose can reason too. Severity 0 (context) to 3 (this is broken). `count` is occurrences in the window.
 */
export const Signal = z.object({
  kind: SignalKind,
  text: z.string().min(1).max(400),
  severity: z.number().int().min(0).max(3),
  at: z.string().optional(),
  count: z.number().int().nonnegative().optional(),
  entities: z.array(Entity).max(20),
})
export type Signal = z.infer<typeof Signal>
