import { z } from 'zod'
import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity } from '../../src/core/entity.ts'
import type { ToolReturn } from '../kit/define-tool.ts'
import { foldLines, joinContinuations, levelOf, logLevels, logSignals, logText, plainMessage } from '../kit/log-lines.ts'
import type { LogEntry } from '../kit/log-lines.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip, utc } from '../kit/plain-text.ts'
import type { ResolvedWindow } from '../kit/window.ts'
import type { Named, RailwayClient } from './client.ts'
import { deploymentEntities, summaryOf } from './deployments.ts'
import type { DeploymentSummary } from './deployments.ts'
import { announcedSettings, changedSettings } from './log-settings.ts'

/** What the log tools return: folded lines, the gravest first. */
export const FoldedLog = z.object({
  deployments: z.array(z.string()),
  lines: z.number().int().describe('read before folding'),
  folded: z.array(z.object({ level: z.enum(logLevels), message: z.string(), count: z.number().int(), first: z.string(), last: z.string() })),
})

/** The answer of the log documents, one line each. */
export const LogLines = z.array(z.object({
  timestamp: z.string(),
  severity: z.string().nullish(),
  message: z.string(),
  attributes: z.array(z.object({ key: z.string(), value: z.string() })).optional(),
}))

const MOST_DEPLOYMENTS = 3

/** The deployments of a service that can have written within the window: those made in it, and the one that ran before; at most three. */
export async function deploymentsWithin(client: RailwayClient, service: Named, window: ResolvedWindow): Promise<DeploymentSummary[]> {
  const { deployments } = await client.deployments({ service, first: 20 })
  const before = deployments.map(summaryOf).filter((deployment) => new Date(deployment.createdAt) <= window.end)
  const earlier = before.findIndex((deployment) => new Date(deployment.createdAt) < window.start && !['FAILED', 'SKIPPED'].includes(deployment.status))
  if (earlier === -1) return before.slice(0, MOST_DEPLOYMENTS)
  // However many failed since: what ran before goes on running.
  return [...before.slice(0, Math.min(MOST_DEPLOYMENTS - 1, earlier)), ...before.slice(earlier, earlier + 1)]
}

/** Railway's log filter for a phrase and a level; undefined when neither is wanted. Source: Railway's documentation of log filters. */
export function logFilter({ search, level }: { search?: string | undefined; level?: string | undefined }): string | undefined {
  const terms = [level === undefined ? null : `@level:${level}`, search === undefined ? null : `"${search.replaceAll(/["\\]/g, ' ')}"`]
  const filter = terms.filter((term) => term !== null).join(' AND ')
  return filter === '' ? undefined : filter
}

/** The lines of one deployment as log entries, oldest first, stack frames joined to their line. */
export function logEntries(lines: z.infer<typeof LogLines>, deployment: string): LogEntry[] {
  const sorted = lines.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp))
  return joinContinuations(sorted.map((line) => {
    const message = plainMessage(line.message)
    return { at: line.timestamp, level: levelOf(line.severity === 'info' ? undefined : line.severity, message), message, origin: deployment }
  }))
}

/** What a log tool read: of which service and deployments, and in which window. */
export interface LogAbout {
  readonly service: Named
  readonly deployments: readonly DeploymentSummary[]
  readonly kind: 'Deploy' | 'Build'
  readonly window: ResolvedWindow | null
  /** Whether some deployment had more lines than were asked for. */
  readonly truncated: boolean
  /** What was written at starts before the window, oldest first. */
  readonly starts?: readonly LogEntry[]
}

/** The result of a log tool over `entries`, oldest first. */
export async function logResult(client: RailwayClient, about: LogAbout, entries: readonly LogEntry[]): Promise<ToolReturn<z.infer<typeof FoldedLog>>> {
  const { service, deployments, kind, window, truncated, starts = [] } = about
  const folded = foldLines(entries)
  const named: Entity[] = distinctEntities([{ kind: 'service', value: service.name }, ...deployments.flatMap(deploymentEntities)])
  const short = named.filter((entity) => entity.kind === 'service' || entity.kind === 'deployment').slice(0, 3)
  const span = window === null ? '' : `, ${utc(window.start)} to ${utc(window.end)}`
  const from = deployments.map((deployment) => `${deployment.deployment} (${deployment.status})`).join(', ')
  const head = `${kind} logs of ${service.name}${span}, deployments ${from || 'none'}`
  const newest = deployments[0]?.deployment
  const settings = [...changedSettings([...starts, ...entries], [{ kind: 'service', value: service.name }]), ...announcedSettings([...folded, ...foldLines(starts)], [{ kind: 'service', value: service.name }])]
  return {
    structured: {
      deployments: deployments.map((deployment) => deployment.deployment),
      lines: entries.length,
      folded: folded.map(({ level, sample, count, first, last }) => ({ level, message: sample.slice(0, 2_000), count, first, last })),
    },
    text: [
      entries.length === 0 ? `${head}: no lines.` : logText(head, entries, folded),
      ...(starts.length === 0 ? [] : [`Said at the start, before the window:\n${foldLines(starts).slice(0, 12).map((line) => `${utc(line.last)} ${clip(line.sample, 200)}`).join('\n')}`]),
    ].join('\n\n'),
    entities: distinctEntities([...named, ...folded.flatMap((line) => line.entities)]),
    signals: [
      ...logSignals(folded, (line) => [{ kind: 'service', value: service.name }, ...line.origins.slice(0, 3).map((value) => ({ kind: 'deployment' as const, value }))]),
      ...settings,
      ...(entries.length === 0 ? [makeSignal('absence', 1, `${service.name} wrote no ${kind.toLowerCase()} log${span === '' ? '' : ` in the window`} (deployment ${deployments.map(({ status, createdAt }) => `${status} of ${utc(createdAt)}`).join(', ') || 'none'}).`, { about: short, says: '' })] : []),
    ],
    links: newest === undefined ? [] : [await client.link(`${kind} logs of ${service.name}`, { service: service.id, deployment: newest, tab: kind.toLowerCase() })],
    truncated,
  }
}
