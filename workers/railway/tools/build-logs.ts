import { z } from 'zod'
import { fail } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { limitField } from '../../kit/window.ts'
import { deploymentField, sends, serviceField } from '../arguments.ts'
import { buildEntries, stopSignals } from '../build-errors.ts'
import type { RailwayClient } from '../client.ts'
import { stillRunning, summaryOf } from '../deployments.ts'
import { FoldedLog, logEntries, logFilter, LogLines, logResult } from '../log-source.ts'

const Answer = z.object({ buildLogs: LogLines })

export const buildLogs = defineTool<RailwayClient>()({
  name: 'railway_build_logs',
  title: 'Build log of a deployment',
  useWhen: 'Use when a deployment failed before it ran: what the build wrote. Without a deployment, the newest failed one, else the newest.',
  input: z.object({ service: serviceField, deployment: deploymentField.optional(), search: z.string().max(200).optional(), limit: limitField(500, 2_000) }),
  output: FoldedLog,
  operations: sends('list_deployments', 'build_logs'),
  async run({ service: name, deployment, search, limit }, { client }) {
    const service = await client.service(name)
    const known = (await client.deployments({ service, first: 20 })).deployments.map(summaryOf)
    const chosen = deployment === undefined ? (known.find(({ status }) => status === 'FAILED') ?? known[0]) : known.find((summary) => summary.deployment === deployment)
    const id = chosen?.deployment ?? deployment ?? fail('not_found', `${service.name} has never been deployed in this environment, so there is no build log.`)
    const filter = logFilter({ search })
    const { buildLogs: lines } = await client.query('build_logs', { id, limit, ...(filter === undefined ? {} : { filter }) }, Answer)
    const entries = buildEntries(logEntries(lines, id))
    const result = await logResult(client, { service, deployments: chosen === undefined ? [] : [chosen], kind: 'Build', window: null, truncated: lines.length >= limit }, entries)
    if (chosen?.status !== 'FAILED' || search !== undefined) return result
    return { ...result, signals: [...stopSignals(chosen, entries), ...stillRunning(known), ...result.signals.filter((signal) => signal.kind !== 'error')] }
  },
})
