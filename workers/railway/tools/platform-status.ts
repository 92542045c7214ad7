import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { sends } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'

const Incident = z.object({ message: z.string(), status: z.string(), url: z.string(), createdAt: z.string().nullish() })
const Maintenance = z.object({ message: z.string(), status: z.string(), start: z.string(), url: z.string() })
const Answer = z.object({ platformStatus: z.object({ isStable: z.boolean(), incident: Incident.nullish(), maintenance: Maintenance.nullish() }) })
const Notice = z.object({ kind: z.enum(['incident', 'maintenance']), message: z.string(), status: z.string(), url: z.string(), at: z.string().nullable() })

export const platformStatus = defineTool<RailwayClient>()({
  name: 'railway_platform_status',
  title: 'Whether Railway itself has trouble',
  useWhen: 'Use when several services misbehave at once without a change of their own: Railway’s own incident or maintenance, if there is one.',
  input: z.object({}),
  output: z.object({ stable: z.boolean(), notices: z.array(Notice) }),
  operations: sends('platform_status'),
  async run(_args, { client }) {
    const { platformStatus: { isStable, incident, maintenance } } = await client.query('platform_status', {}, Answer)
    const notices: z.infer<typeof Notice>[] = [
      ...(incident ? [{ kind: 'incident' as const, message: incident.message, status: incident.status, url: incident.url, at: incident.createdAt ?? null }] : []),
      ...(maintenance ? [{ kind: 'maintenance' as const, message: maintenance.message, status: maintenance.status, url: maintenance.url, at: maintenance.start }] : []),
    ]
    const over = new Set(['RESOLVED', 'COMPLETED', 'NOTSTARTEDYET'])
    const signals = notices.map(({ kind, message, status, at }) => makeSignal('state', over.has(status) ? 0 : 2, `Railway’s own ${kind}${at === null ? '' : ` of ${utc(at)}`} (${status}): ${clip(message, 240)}.`, { at: at ?? undefined }))
    const unexplained = isStable || notices.length > 0 ? [] : [makeSignal('state', 2, 'Railway says that its platform is not stable, without an incident.')]
    return {
      structured: { stable: isStable, notices },
      text: [`Railway is ${isStable ? 'stable' : 'NOT stable'}.`, ...notices.map(({ kind, status, message, url, at }) => `${kind}${at === null ? '' : ` since ${utc(at)}`} ${status}: ${message} (${url})`)].join('\n'),
      entities: [],
      signals: [...signals, ...unexplained, ...(isStable && notices.length === 0 ? [makeSignal('healthy', 0, 'Railway reports no incident of its own.')] : [])],
      links: notices.map(({ kind, url }) => ({ title: `Railway’s ${kind}`, url })),
    }
  },
})
