import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import type { ResolvedWindow } from '../../kit/window.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { projectField, windowQuery } from '../fields.ts'
import type { UptimeMonitorShape } from '../monitoring-shapes.ts'
import { organizationRead } from '../operations.ts'

const Check = z.object({ at: z.string(), status: z.string(), reason: z.string().nullable(), http: z.number().nullable(), ms: z.number().nullable(), region: z.string().nullable(), traceId: z.string().nullable() })
type Check = z.infer<typeof Check>
const Monitor = z.object({ id: z.string(), name: z.string(), project: z.string(), url: z.string(), everySeconds: z.number().nullable(), enabled: z.boolean(), down: z.boolean().nullable(), checks: z.array(Check), more: z.boolean() })
type Monitor = z.infer<typeof Monitor>

const MOST_MONITORS = 10
const SHOWN = 12

/** URLs that Sentry asks from outside, with the answers it got in a window. */
export const listUptimeChecks = defineTool<SentryClient>()({
  name: 'sentry_list_uptime_checks',
  title: 'List uptime checks',
  useWhen: 'Use when you need to know whether a public URL was down, since when, and with which status, as seen from outside.',
  input: z.object({ url: z.string().max(200).optional().describe('Part of a monitored URL or name'), project: projectField, ...windowFields, limit: limitField(60, 100).describe('Checks per monitor'), cursor: cursorField }),
  output: z.object({ monitors: z.array(Monitor) }),
  operations: [organizationRead('uptime/'), { type: 'http', method: 'GET', path: '/api/0/projects/{organization}/{project}/uptime/{monitor}/checks/' }],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 60, maxMinutes: 30 * 24 * 60 })
    const page = await client.uptimeMonitors({ cursor: args.cursor })
    const wanted = page.items.filter(({ url, name, projectSlug }) => (args.project === undefined || projectSlug === args.project) && (args.url === undefined || `${url} ${name}`.toLowerCase().includes(args.url.toLowerCase())))
    const monitors = await Promise.all(wanted.slice(0, MOST_MONITORS).map(async (monitor) => withChecks(monitor, { window, limit: args.limit }, client)))
    const nothing = `Sentry has no uptime monitor${args.url === undefined ? '' : ` for "${args.url}"`}${args.project === undefined ? '' : ` of ${args.project}`}`
    return {
      structured: { monitors },
      text: monitors.length === 0 ? `${nothing}.` : monitors.map(monitorText).join('\n'),
      entities: monitors.flatMap(monitorEntities),
      signals: monitors.length === 0 ? [makeSignal('absence', 0, nothing)] : monitors.map((monitor) => monitorSignal(monitor, window)),
      links: monitors.map(({ name, url }) => ({ title: name, url })),
      truncated: page.cursor !== undefined || wanted.length > monitors.length || monitors.some(({ more }) => more),
      cursor: page.cursor,
    }
  },
})

async function withChecks(monitor: UptimeMonitorShape, { window, limit }: { window: ResolvedWindow; limit: number }, client: SentryClient): Promise<Monitor> {
  const { id, name, projectSlug, url, intervalSeconds, status, uptimeStatus } = monitor
  const page = await client.uptimeChecks(projectSlug, id, { ...windowQuery(window), per_page: limit })
  const checks = page.items.slice(0, limit).map((check): Check => ({
    at: check.timestamp, status: check.checkStatus, reason: check.checkStatusReason ?? null, http: check.httpStatusCode ?? null, ms: check.durationMs ?? null, region: check.region ?? null,
    traceId: check.traceId === undefined || check.traceId === null || /^[0-]*$/.test(check.traceId) ? null : check.traceId,
  }))
  return { id, name, project: projectSlug, url, everySeconds: intervalSeconds ?? null, enabled: status !== 'disabled', down: uptimeStatus === null || uptimeStatus === undefined ? null : uptimeStatus === 2, checks, more: page.cursor !== undefined }
}

/** A check that could not be made in time says nothing about the URL. */
function isFailed({ status }: Check): boolean {
  return status.startsWith('failure')
}

function checkText({ at, status, reason, http, ms, region }: Check): string {
  return `${utc(at)} ${status}${reason === null || reason === 'failure' ? '' : ` (${reason})`}${http === null ? '' : ` HTTP ${http}`}${ms === null ? '' : ` ${Math.round(ms)} ms`}${region === null || region === 'default' ? '' : ` from ${region}`}`
}

function monitorText(monitor: Monitor): string {
  const { name, project, url, everySeconds, enabled, down, checks } = monitor
  const failed = checks.filter(isFailed)
  const shown = [...new Set([...checks.slice(0, 3), ...failed])].slice(0, SHOWN).sort((a, b) => b.at.localeCompare(a.at))
  return `${name} [${project}] ${url}${everySeconds === null ? '' : ` every ${everySeconds} s`}, ${enabled ? (down === true ? 'DOWN' : 'up') : 'disabled'}: ${failed.length} of ${checks.length} checks failed\n${shown.map((check) => `  ${checkText(check)}`).join('\n')}`
}

function monitorEntities({ url, project, checks }: Monitor): Entity[] {
  const traces = checks.filter(isFailed).flatMap(({ traceId }) => (traceId === null ? [] : [{ kind: 'trace' as const, value: traceId }]))
  return [{ kind: 'url', value: url }, ...(URL.canParse(url) ? [{ kind: 'host' as const, value: new URL(url).host }] : []), { kind: 'project', value: project }, ...traces.slice(0, 3)]
}

function monitorSignal(monitor: Monitor, window: ResolvedWindow): Signal {
  const { name, url, down, enabled, checks } = monitor
  const about = monitorEntities(monitor)
  const failed = checks.filter(isFailed)
  const first = failed.at(-1)
  if (first === undefined) {
    if (!enabled) return makeSignal('state', 0, `Uptime monitor ${name} (${url}) is disabled`, { about, says: '' })
    return checks.length === 0
      ? makeSignal('absence', 0, `Uptime monitor ${name} (${url}) has no check between ${utc(window.start)} and ${utc(window.end)}`, { about, says: '' })
      : makeSignal('healthy', 0, `${name} (${url}) answered all ${checks.length} uptime checks`, { about, says: '' })
  }
  const still = down === true || isFailed(checks[0] ?? first)
  return makeSignal('state', still ? 3 : 2, `${name} (${url}) ${still ? 'is down' : 'was down'}: ${failed.length} of ${checks.length} uptime checks failed, the first ${checkText(first)}`, { at: first.at, count: failed.length, about })
}
