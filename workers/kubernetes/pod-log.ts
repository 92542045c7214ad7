import { z } from 'zod'
import { FailureError } from '../../src/core/errors.ts'
import { joinContinuations, levelOf, logLevels, plainMessage } from '../kit/log-lines.ts'
import type { FoldedLine, LogEntry } from '../kit/log-lines.ts'
import type { ResolvedWindow } from '../kit/window.ts'
import type { KubernetesClient, Pod } from './client.ts'

/** What a log tool returns: folded lines, the gravest first. */
export const FoldedLog = z.object({
  lines: z.number().int().describe('read before folding'),
  folded: z.array(z.object({
    level: z.enum(logLevels), message: z.string(), count: z.number().int(), first: z.string(), last: z.string(), pods: z.array(z.string()),
  })),
})

/** Folded lines as a log tool's structured result. */
export function foldedLog(entries: readonly LogEntry[], folded: readonly FoldedLine[]): z.infer<typeof FoldedLog> {
  return {
    lines: entries.length,
    folded: folded.map(({ level, sample, count, first, last, origins }) => ({ level, message: sample.slice(0, 2_000), count, first, last, pods: [...origins] })),
  }
}

export interface LogRequest {
  readonly window: ResolvedWindow
  readonly now: Date
  readonly container: string | undefined
  readonly previous: boolean
  readonly limit: number
  readonly search: string | undefined
}

/** A line and its time together are seldom longer; it bounds what the API sends, below what the guard lets in. */
const BYTES_PER_LINE = 2_000
const MOST_BYTES = 6 * 1024 * 1024
const TIMED = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s

/**
 * The lines of a pod's containers within the window that contain `search`, oldest first. Without a container, all of them are read.
 * A container that has no such log (it never started, or never restarted) brings none.
 */
export async function readPodLog(client: KubernetesClient, pod: Pod, request: LogRequest): Promise<LogEntry[]> {
  const namespace = pod.metadata?.namespace ?? ''
  const name = pod.metadata?.name ?? ''
  const containers = request.container === undefined ? (pod.spec?.containers ?? []).map((container) => container.name) : [request.container]
  const logs = await Promise.all(containers.map(async (container) => {
    const text = await client
      .podLog(namespace, name, {
        container,
        tailLines: request.limit,
        limitBytes: Math.min(MOST_BYTES, request.limit * BYTES_PER_LINE),
        ...(request.previous ? { previous: true } : { sinceSeconds: Math.max(1, Math.ceil((request.now.getTime() - request.window.start.getTime()) / 1_000)) }),
      })
      .catch(emptyWhenThereIsNoLog)
    return entriesOf(text, containers.length > 1 ? `${name}/${container}` : name)
  }))
  const wanted = request.search?.toLowerCase()
  return joinContinuations(logs.flat())
    .filter((entry) => request.previous || (new Date(entry.at) >= request.window.start && new Date(entry.at) <= request.window.end))
    .filter((entry) => wanted === undefined || entry.message.toLowerCase().includes(wanted))
    .sort((a, b) => a.at.localeCompare(b.at))
}

/** The API answers 400 for a container that has not started, or has no earlier run. */
function emptyWhenThereIsNoLog(error: unknown): string {
  if (error instanceof FailureError && (error.failure.kind === 'invalid_input' || error.failure.kind === 'not_found')) return ''
  throw error
}

function entriesOf(text: string, origin: string): LogEntry[] {
  return text.split('\n').filter((line) => line !== '').map((line) => {
    const [, at = '', rest = line] = TIMED.exec(line) ?? []
    const message = plainMessage(rest)
    return { at, level: levelOf(levelField(rest), message), message, origin }
  })
}

/** The level a structured line names itself: `"level":"error"`, `level=error`, or pino's numbers. */
function levelField(line: string): string | undefined {
  const named = /["']?(?:level|severity|lvl)["']?\s*[:=]\s*["']?(\w+)/i.exec(line)?.[1]
  return named === undefined || !/^\d+$/.test(named) ? named : (PINO[named] ?? undefined)
}

const PINO: Readonly<Record<string, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }
