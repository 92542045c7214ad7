import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { foldLines, joinContinuations, levelOf, logLevels, logSignals, logText, plainMessage } from '../../kit/log-lines.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { sends } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { logFilter } from '../log-source.ts'
import { nameOf } from '../names.ts'

const Answer = z.object({
  environmentLogs: z.array(z.object({ timestamp: z.string(), severity: z.string().nullish(), message: z.string(), tags: z.object({ serviceId: z.string().nullish(), deploymentId: z.string().nullish() }).nullish() })),
})
const Folded = z.object({ level: z.enum(logLevels), services: z.array(z.string()), message: z.string(), count: z.number().int(), first: z.string(), last: z.string() })
const levels = ['notable', 'any', 'info', 'warn', 'error'] as const

export const environmentLogs = defineTool<RailwayClient>()({
  name: 'railway_environment_logs',
  title: 'What all services wrote at run time',
  useWhen: 'Use when you do not know yet which service is in trouble, or want an id or a phrase in the logs of all of them.',
  input: z.object({
    search: z.string().min(1).max(200).optional().describe('text lines must contain'),
    level: z.enum(levels).optional().describe('notable (warnings and errors) if absent, any with search'),
    ...windowFields, limit: limitField(500, 2_000),
  }),
  output: z.object({ lines: z.number().int().describe('read before folding'), folded: z.array(Folded) }),
  operations: sends('environment_logs'),
  async run({ search, level = search === undefined ? 'notable' : 'any', limit, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 60, maxMinutes: 7 * 24 * 60 })
    const [environment, { services }] = await Promise.all([client.environment(), client.names()])
    const filter = filterOf(search, level)
    const { environmentLogs: read } = await client.query('environment_logs', {
      e: environment.id, limit, anchor: window.end.toISOString(), after: window.start.toISOString(), ...(filter === undefined ? {} : { filter }),
    }, Answer)
    const lines = read.filter(({ timestamp }) => new Date(timestamp) >= window.start && new Date(timestamp) <= window.end).sort((a, b) => a.timestamp.localeCompare(b.timestamp))
    const entries = joinContinuations(lines.map(({ timestamp, severity, message, tags }) => {
      const plain = plainMessage(message)
      return { at: timestamp, level: levelOf(severity === 'info' ? undefined : severity, plain), message: plain, origin: nameOf(services, tags?.serviceId) }
    }))
    const folded = foldLines(entries)
    const head = `Logs of ${environment.name}${level === 'any' ? '' : ` (${level})`}${search === undefined ? '' : ` with "${search}"`}, ${utc(window.start)} to ${utc(window.end)}`
    const writers = [...new Set(lines.map(({ tags }) => nameOf(services, tags?.serviceId)))].map((value): Entity => ({ kind: 'service', value }))
    const signals = logSignals(folded, (line) => line.origins.slice(0, 3).map((value): Entity => ({ kind: 'service', value })))
    return {
      structured: { lines: lines.length, folded: folded.map(({ level: found, sample, count, first, last, origins }) => ({ level: found, services: [...origins], message: sample.slice(0, 2_000), count, first, last })) },
      text: lines.length === 0 ? `${head}: no lines.` : logText(head, entries, folded),
      entities: distinctEntities([...writers, ...folded.flatMap((line) => line.entities)]),
      signals: signals.length > 0 ? signals : [makeSignal(lines.length === 0 ? 'absence' : 'healthy', 0, `${head}: ${lines.length === 0 ? 'no lines' : `${lines.length} lines, no error among them`}.`)],
      links: [await client.link(`Logs of ${environment.name} in Railway`)],
      truncated: read.length >= limit,
    }
  },
})

function filterOf(search: string | undefined, level: (typeof levels)[number]): string | undefined {
  if (level !== 'notable') return logFilter({ search, level: level === 'any' ? undefined : level })
  const phrase = logFilter({ search })
  return `(@level:error OR @level:warn)${phrase === undefined ? '' : ` AND ${phrase}`}`
}
