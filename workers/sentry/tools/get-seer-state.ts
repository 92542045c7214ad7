import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import type { SentryClient } from '../client.ts'
import { issueField } from '../fields.ts'
import type { SeerShape } from '../monitoring-shapes.ts'
import { issueLookup, organizationRead } from '../operations.ts'

const Cause = z.object({ description: z.string(), timeline: z.array(z.string()), files: z.array(z.string()) })
type Cause = z.infer<typeof Cause>
const State = z.object({ status: z.string(), updatedAt: z.string().nullable(), steps: z.array(z.object({ title: z.string(), status: z.string() })), causes: z.array(Cause), solution: z.array(z.string()) })
type State = z.infer<typeof State>

/** What Sentry's own analysis has said of an issue. It is read, never started: starting one spends money and writes. */
export const getSeerState = defineTool<SentryClient>()({
  name: 'sentry_get_seer_state',
  title: 'Get Seer’s analysis of an issue',
  useWhen: 'Use when Sentry’s own analysis (Seer) may already have run on an issue; a hint to be checked, never started from here.',
  input: z.object({ issue: issueField }),
  output: z.object({ state: State.nullable() }),
  operations: [organizationRead('issues/{issue}/autofix/'), issueLookup],
  run: async (args, { client }) => {
    const run = await client.seer(await client.issueId(args.issue))
    const about: Entity[] = [{ kind: 'issue', value: args.issue }]
    const nothing = `Seer never ran on ${args.issue}`
    if (run === null) return { structured: { state: null }, text: `${nothing}.`, entities: about, signals: [makeSignal('absence', 0, nothing, { about, says: '' })] }
    const state = stateOf(run)
    return {
      structured: { state },
      text: stateText(args.issue, state),
      entities: [...about, ...state.causes.flatMap(({ files }) => files.map((value): Entity => ({ kind: 'file', value })))],
      signals: state.causes.slice(0, 3).map(({ description, files }) => makeSignal('knowledge', 1, `Seer suspects, unchecked: ${description}`, { at: state.updatedAt ?? undefined, about: [...about, ...files.map((value): Entity => ({ kind: 'file', value }))], says: description })),
    }
  },
})

function stateOf({ status, updated_at: updatedAt, steps }: NonNullable<SeerShape['autofix']>): State {
  const causes = (steps ?? []).flatMap((step) => step.causes ?? []).map(({ description, root_cause_reproduction: events }): Cause => ({
    description: description ?? '', timeline: (events ?? []).flatMap(({ title }) => title ?? []), files: [...new Set((events ?? []).flatMap(({ relevant_code_file: file }) => file?.file_path ?? []))],
  }))
  return {
    status: status ?? 'unknown', updatedAt: updatedAt ?? null, steps: (steps ?? []).map((step) => ({ title: step.title ?? step.type ?? 'step', status: step.status ?? 'unknown' })),
    causes: causes.filter(({ description, timeline }) => description !== '' || timeline.length > 0), solution: (steps ?? []).flatMap((step) => step.solution ?? []).flatMap(({ title }) => title ?? []),
  }
}

function stateText(issue: string, { status, updatedAt, steps, causes, solution }: State): string {
  return [
    `Seer on ${issue}: ${status.toLowerCase()}${updatedAt === null ? '' : ` at ${utc(updatedAt)}`}. What it says was not checked by anybody.`,
    ...causes.map(({ description, timeline, files }) => `Cause: ${clip(description, 800)}${files.length === 0 ? '' : ` (${files.join(', ')})`}${timeline.map((event) => `\n  - ${clip(event, 200)}`).join('')}`),
    ...(solution.length === 0 ? [] : [`It proposes: ${solution.map((title) => clip(title, 200)).join('; ')}`]),
    `Steps: ${steps.map((step) => `${step.title} ${step.status.toLowerCase()}`).join(', ') || 'none'}`,
  ].join('\n')
}
