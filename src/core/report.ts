import { z } from 'zod'
import { Claim, Culprit } from './finding.ts'
import { WorkerName } from './worker.ts'

/** What the orchestrator's `report` tool takes. */
export const Report = z.object({
  verdict: z.enum(['root_cause', 'no_fault', 'inconclusive']).describe('no_fault: everything works as it should; inconclusive: the evidence does not decide it'),
  title: z.string().min(1).max(150).describe('One line for a notification'),
  rootCause: z.string().min(1).max(600).describe('What happened and why, with exact ids, names and numbers; what was ruled out belongs to the evidence, not here; for no_fault or inconclusive, what was established'),
  culprit: Culprit.nullable().describe('The one thing to blame; null unless the verdict is root_cause'),
  evidence: z.array(Claim).max(12).describe('Each statement with the ids of the tool calls that show it'),
  missing: z.array(z.string().max(300)).max(6).describe('What would have to be known to decide; empty when decided'),
  actions: z.array(z.string().min(1).max(300)).max(6).describe('What a person should do next, most urgent first'),
})
export type Report = z.infer<typeof Report>

/** What the orchestrator's `report` tool takes when it answers a follow-up. */
export const FollowUpAnswer = z.object({
  answer: z.string().min(1).max(2400),
  evidence: z.array(Claim).max(12),
})
export type FollowUpAnswer = z.infer<typeof FollowUpAnswer>

/** What one worker contributed, so that "nothing found" and "never looked" cannot be confused. */
export const Coverage = z.object({
  worker: WorkerName,
  state: z.enum(['checked', 'empty', 'failed', 'not_asked', 'not_configured']),
  detail: z.string().max(300),
  calls: z.number().int().nonnegative(),
})
export type Coverage = z.infer<typeof Coverage>
