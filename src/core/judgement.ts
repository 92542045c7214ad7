import { z } from 'zod'

/** A label on a report. People and verification are two sources, kept apart, so that a disagreement can be seen. */
export const Judgement = z.object({
  id: z.string(),
  investigationId: z.string(),
  source: z.enum(['person', 'verification']),
  verdict: z.enum(['right', 'wrong', 'unknown']),
  /** The person's Slack user id, or the name of the check. */
  by: z.string(),
  at: z.string(),
  correction: z.string().max(4000).optional(),
})
export type Judgement = z.infer<typeof Judgement>

/** Somebody's wish that an investigation becomes a task. */
export const Flag = z.object({
  id: z.string(),
  investigationId: z.string(),
  by: z.string(),
  at: z.string(),
  note: z.string().max(4000).optional(),
})
export type Flag = z.infer<typeof Flag>
