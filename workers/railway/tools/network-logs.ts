import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc, utcTime } from '../../kit/plain-text.ts'
import { entityField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { sends } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { nameOf } from '../names.ts'
import { DnsLines, Flow, FlowLines, foldFlows, foldLookups, Lookup } from '../network-lines.ts'

export const networkLogs = defineTool<RailwayClient>()({
  name: 'railway_network_logs',
  title: 'Look-ups of hosts and connections between services',
  useWhen: 'Use when a host does not resolve (ENOTFOUND), or connections are refused, reset or dropped: DNS answers and network flows, folded, failed first.',
  input: z.object({ service: entityField('service', 'only this one').optional(), host: entityField('host', 'only names that contain this').optional(), ...windowFields, limit: limitField(1_000, 3_000) }),
  output: z.object({ lookups: z.array(Lookup), flows: z.array(Flow) }),
  operations: sends('dns_logs', 'flow_logs'),
  async run({ service: name, host, limit, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 60, maxMinutes: 7 * 24 * 60 })
    const [environment, { services }, only] = await Promise.all([client.environment(), client.names(), name === undefined ? undefined : client.service(name)])
    const asked = { e: environment.id, limit, anchor: window.end.toISOString(), after: window.start.toISOString(), ...(only === undefined ? {} : { s: only.id }) }
    const [{ dnsQueryLogs }, { networkFlowLogs }] = await Promise.all([client.query('dns_logs', asked, DnsLines), client.query('flow_logs', asked, FlowLines)])
    const within = (time: string) => new Date(time) >= window.start && new Date(time) <= window.end
    const wanted = host?.replace(/:\d+$/, '').toLowerCase()
    const named = (id: string) => nameOf(services, id)
    const lookups = foldLookups(dnsQueryLogs.filter(({ queriedAt, qname }) => within(queriedAt) && (wanted === undefined || qname.toLowerCase().includes(wanted))), named)
    const flows = foldFlows(networkFlowLogs.filter(({ captureStart }) => within(captureStart)), named)
    const head = `Network of ${only?.name ?? environment.name}, ${utc(window.start)} to ${utc(window.end)}`
    const signals = [...lookupSignals(lookups), ...flows.flatMap(flowSignal)].slice(0, 12)
    const none = lookups.length === 0 && flows.length === 0
    return {
      structured: { lookups: lookups.slice(0, 100), flows: flows.slice(0, 100) },
      text: none ? `${head}: nothing was recorded.` : [`${head}:`, ...lookups.slice(0, 60).map(lookupText), ...flows.slice(0, 60).map(flowText)].join('\n'),
      entities: distinctEntities([...lookups.slice(0, 60).flatMap(aboutLookup), ...flows.slice(0, 60).flatMap(aboutFlow)]),
      signals: signals.length > 0 ? signals : [makeSignal(none ? 'absence' : 'healthy', 0, none ? `${head}: nothing was recorded.` : `${head}: every look-up was answered and no connection dropped.`)],
      links: [await client.link('Network logs in Railway', { service: only?.id })],
      truncated: dnsQueryLogs.length >= limit || networkFlowLogs.length >= limit || lookups.length > 100 || flows.length > 100,
    }
  },
})

function lookupText(one: Lookup): string {
  return `DNS ${one.outcome} ×${one.count} ${one.service} asked for ${one.host} (${one.zone}) ${utc(one.first)} to ${utcTime(one.last)}${one.answers.length === 0 ? '' : `: ${one.answers.join(', ')}`}`
}

function flowText(one: Flow): string {
  return `${one.dropped === null ? 'flow' : `DROPPED (${one.dropped})`} ×${one.count} ${one.service} ${one.direction} ${one.peer}:${one.port} ${utc(one.first)} to ${utcTime(one.last)}, mean ${Math.round(one.meanMs)} ms`
}

function aboutLookup(one: Lookup): Entity[] {
  return [{ kind: 'host', value: one.host }, { kind: 'service', value: one.service }, ...(one.outcome === 'NOERROR' ? [] : [{ kind: 'error_code' as const, value: one.outcome }])]
}

function aboutFlow(one: Flow): Entity[] {
  return [{ kind: 'service', value: one.service }, { kind: /[.:]/.test(one.peer) ? 'host' : 'service', value: one.peer }]
}

/** A name that resolves at times is tried in several forms, which is no failure. */
function lookupSignals(lookups: readonly Lookup[]): Signal[] {
  const resolved = new Set(lookups.filter(({ outcome }) => outcome === 'NOERROR').map(({ service, host }) => `${service} ${host}`))
  return lookups.filter(({ outcome, service, host }) => outcome !== 'NOERROR' && !resolved.has(`${service} ${host}`)).map((one) =>
    makeSignal('error', one.count >= 3 ? 3 : 2, `${one.service} asked for the host ${one.host} ×${one.count} since ${utc(one.first)} and got ${one.outcome}: the name does not resolve.`, { about: aboutLookup(one), at: one.first, count: one.count }))
}

function flowSignal(one: Flow): Signal[] {
  if (one.dropped === null) return []
  return [makeSignal('error', one.count >= 3 ? 3 : 2, `Connections of ${one.service} (${one.direction}) with ${one.peer}:${one.port} were dropped ×${one.count} since ${utc(one.first)}: ${one.dropped}.`, { about: aboutFlow(one), at: one.first, count: one.count })]
}
