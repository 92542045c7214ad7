import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { sends, serviceField } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { foldRequests, RequestGroup, requestSignals, requestText, requestEntities } from '../http-requests.ts'
import { deploymentsWithin } from '../log-source.ts'

const Answer = z.object({
  httpLogs: z.array(z.object({
    timestamp: z.string(), requestId: z.string(), method: z.string(), path: z.string(), host: z.string(), httpStatus: z.number().int(), totalDuration: z.number(),
    upstreamRqDuration: z.number(), upstreamErrors: z.string(), responseDetails: z.string(),
  })),
})

export const httpLogs = defineTool<RailwayClient>()({
  name: 'railway_http_logs',
  title: 'Requests to a service',
  useWhen: 'Use when you need which requests failed or were slow in the window, folded by method, path and status.',
  input: z.object({
    service: serviceField,
    minStatus: z.number().int().min(100).max(599).optional().describe('only this status and above, such as 500'),
    path: z.string().max(200).optional().describe('exact path'),
    ...windowFields, limit: limitField(500, 2_000),
  }),
  output: z.object({ requests: z.number().int(), groups: z.array(RequestGroup) }),
  operations: sends('list_deployments', 'http_logs'),
  async run({ service: name, minStatus, path, limit, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 60, maxMinutes: 7 * 24 * 60 })
    const service = await client.service(name)
    const deployments = await deploymentsWithin(client, service, window)
    const terms = [minStatus === undefined ? null : `@httpStatus:>=${minStatus}`, path === undefined ? null : `@path:"${path.replaceAll(/["\\]/g, '')}"`].filter((term) => term !== null)
    const answers = await Promise.all(deployments.map(({ deployment: id }) => client.query('http_logs', {
      id, limit, afterDate: window.start.toISOString(), beforeDate: window.end.toISOString(), ...(terms.length === 0 ? {} : { filter: terms.join(' AND ') }),
    }, Answer)))
    const requests = answers.flatMap((answer) => answer.httpLogs).filter(({ timestamp }) => new Date(timestamp) >= window.start && new Date(timestamp) <= window.end)
    const groups = foldRequests(requests)
    const head = `Requests to ${service.name}, ${utc(window.start)} to ${utc(window.end)}`
    const about = [{ kind: 'service' as const, value: service.name }]
    const signals = requestSignals(groups, about)
    return {
      structured: { requests: requests.length, groups },
      text: groups.length === 0 ? `${head}: none.` : `${head}: ${requests.length}, failed first:\n${groups.map(requestText).join('\n')}`,
      entities: distinctEntities([...about, ...deployments.map(({ deployment }) => ({ kind: 'deployment' as const, value: deployment })), ...groups.flatMap(requestEntities)]),
      signals: signals.length > 0 ? signals : [makeSignal(groups.length === 0 ? 'absence' : 'healthy', 0, groups.length === 0 ? `${head}: none.` : `${head}: ${requests.length} requests, none failed.`, { about })],
      links: deployments[0] === undefined ? [] : [await client.link(`HTTP logs of ${service.name}`, { service: service.id, deployment: deployments[0].deployment, tab: 'http' })],
      truncated: answers.some((answer) => answer.httpLogs.length >= limit),
    }
  },
})
