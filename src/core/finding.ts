import { z } from 'zod'
import { EntityKind, Entity } from './entity.ts'
import { Signal } from './signal.ts'

/** The one thing to blame, by the name or id people use for it. */
export const Culprit = z.object({
  kind: EntityKind,
  name: z.string().min(1).max(200),
})
export type Culprit = z.infer<typeof Culprit>

/** A statement and the tool calls of this run that show it. */
export const Claim = z.object({
  text: z.string().min(1).max(500),
  calls: z.array(z.string().max(80)).min(1).max(8),
})
export type Claim = z.infer<typeof Claim>

/** What a worker's `report` tool takes. */
export const FindingDraft = z.object({
  verdict: z.enum(['found', 'nothing_found', 'inconclusive']).describe('found: the question is answered; nothing_found: checked, and nothing unusual; inconclusive: could not be decided'),
  answer: z.string().min(1).max(600).describe('The answer to the question you were asked, with exact ids, names and numbers'),
  culprit: Culprit.nullable().describe('The one thing to blame in this service, or null'),
  claims: z.array(Claim).max(12).describe('Each statement with the ids of the tool calls that show it'),
})
export type FindingDraft = z.infer<typeof FindingDraft>

/** What a worker reports to the orchestrator: its draft, with what its calls showed, typed; what it cites comes first. */
export const Finding = FindingDraft.extend({
  entities: z.array(Entity),
  /** Each with the calls of this worker's run that showed it. */
  signals: z.array(Signal.extend({ calls: z.array(z.string()) })),
  droppedClaims: z.number().int().nonnegative(),
})
export type Finding = z.infer<typeof Finding>
