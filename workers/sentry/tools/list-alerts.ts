import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { projectField } from '../fields.ts'
import type { DetectorShape } from '../monitoring-shapes.ts'
import { organizationRead } from '../operations.ts'

const Detector = z.object({ id: z.string(), name: z.string(), type: z.string(), enabled: z.boolean(), watches: z.string() })
type Detector = z.infer<typeof Detector>
const Alert = z.object({ id: z.string(), name: z.string(), enabled: z.boolean(), environment: z.string().nullable(), lastTriggered: z.string().nullable(), detectors: z.array(z.string()) })
type Alert = z.infer<typeof Alert>

const DAY_MS = 86_400_000

/** What the team asked Sentry to watch, and whom it tells; nothing says what was never watched. */
export const listAlerts = defineTool<SentryClient>()({
  name: 'sentry_list_alerts',
  title: 'List alerts and detectors',
  useWhen: 'Use when you need to know what would have raised an alert, its threshold, when it last fired, or whether it is switched off.',
  input: z.object({ project: projectField, limit: limitField(50, 100), cursor: cursorField }),
  output: z.object({ alerts: z.array(Alert), detectors: z.array(Detector) }),
  operations: [organizationRead('workflows/'), organizationRead('detectors/')],
  run: async (args, { client, clock }) => {
    const query = { project: args.project, per_page: args.limit, cursor: args.cursor }
    const [workflows, watching] = await Promise.all([client.workflows(query), client.detectors(query)])
    const detectors = watching.items.slice(0, args.limit).map(detectorOf)
    const alerts = workflows.items.slice(0, args.limit).map(({ id, name, enabled, environment, lastTriggered, detectorIds }): Alert => ({
      id, name, enabled: enabled ?? true, environment: environment ?? null, lastTriggered: lastTriggered ?? null,
      detectors: (detectorIds ?? []).map((detector) => detectors.find((each) => each.id === detector)?.name ?? detector),
    }))
    const about: Entity[] = args.project === undefined ? [] : [{ kind: 'project', value: args.project }]
    const nothing = `No alert${args.project === undefined ? '' : ` of ${args.project}`} is set up in Sentry`
    const cursor = workflows.cursor ?? watching.cursor
    return {
      structured: { alerts, detectors },
      text: alerts.length + detectors.length === 0 ? `${nothing}.` : [...alerts.map(alertLine), ...detectors.map(detectorLine)].join('\n'),
      entities: [...about, ...alerts.flatMap(({ environment }) => (environment === null ? [] : [{ kind: 'environment' as const, value: environment }]))],
      signals: alerts.length + detectors.length === 0 ? [makeSignal('absence', 1, nothing, { about })] : alertSignals(alerts, detectors, { about, now: clock.now() }),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})

const COMPARISONS: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=', ne: '!=' }

function detectorOf({ id, name, type, enabled, description, dataSources, conditionGroup }: DetectorShape): Detector {
  const queries = (dataSources ?? []).flatMap(({ queryObj }) => {
    const asked = queryObj?.snubaQuery
    return asked === null || asked === undefined ? [] : [`${asked.aggregate ?? '?'}${asked.query === '' || asked.query === null || asked.query === undefined ? '' : ` of "${asked.query}"`}${typeof asked.timeWindow === 'number' ? ` in ${Math.round(asked.timeWindow / 60)} min` : ''}`]
  })
  const limits = (conditionGroup?.conditions ?? []).flatMap(({ type: comparison, comparison: value }) => {
    const sign = COMPARISONS[comparison ?? '']
    return sign === undefined || (typeof value !== 'number' && typeof value !== 'string') ? [] : [`${sign} ${value}`]
  })
  const watched = [queries.join(', '), [...new Set(limits)].join(' or ')].filter((part) => part !== '').join(' ')
  return { id, name, type, enabled: enabled ?? true, watches: watched === '' ? (description ?? '') : watched }
}

function alertLine({ name, enabled, environment, lastTriggered, detectors }: Alert): string {
  return `Alert "${name}"${enabled ? '' : ' SWITCHED OFF'}${environment === null ? '' : ` for ${environment}`}, last fired ${lastTriggered === null ? 'never' : utc(lastTriggered)}, on ${detectors.map((each) => `"${each}"`).join(', ') || 'no detector'}`
}

function detectorLine({ name, type, enabled, watches }: Detector): string {
  return `Detector "${name}" (${type})${enabled ? '' : ' SWITCHED OFF'}${watches === '' ? '' : `: ${clip(watches, 200)}`}`
}

function alertSignals(alerts: readonly Alert[], detectors: readonly Detector[], { about, now }: { about: readonly Entity[]; now: Date }): Signal[] {
  const off = [...alerts.filter(({ enabled }) => !enabled).map(alertLine), ...detectors.filter(({ enabled }) => !enabled).map(detectorLine)]
  const fired = alerts.filter(({ lastTriggered }) => lastTriggered !== null && now.getTime() - Date.parse(lastTriggered) < DAY_MS)
  return [
    ...fired.slice(0, 5).map((alert) => makeSignal('state', 1, `Fired within the last day: ${alertLine(alert)}`, { at: alert.lastTriggered ?? undefined, about, says: '' })),
    ...off.slice(0, 5).map((line) => makeSignal('state', 1, line, { about, says: '' })),
  ]
}
