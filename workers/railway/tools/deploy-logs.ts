import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { deploymentField, sends, serviceField } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { deploymentsWithin, FoldedLog, logEntries, logFilter, LogLines, logResult } from '../log-source.ts'

const Answer = z.object({ deploymentLogs: LogLines })

export const deployLogs = defineTool<RailwayClient>()({
  name: 'railway_deploy_logs',
  title: 'What a service wrote at run time',
  useWhen: 'Use when you need a service’s own log lines in the window; repeated lines come folded, errors first.',
  input: z.object({
    service: serviceField,
    deployment: deploymentField.optional(),
    level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
    search: z.string().max(200).optional().describe('text lines must contain'),
    ...windowFields, limit: limitField(500, 2_000),
  }),
  output: FoldedLog,
  operations: sends('list_deployments', 'deploy_logs'),
  async run({ service: name, deployment, level, search, limit, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 60, maxMinutes: 7 * 24 * 60 })
    const service = await client.service(name)
    const known = await deploymentsWithin(client, service, window)
    const ids = deployment === undefined ? known.map((summary) => summary.deployment) : [deployment]
    const filter = logFilter({ search, level })
    const answers = await Promise.all(ids.map((id) => client.query('deploy_logs', {
      id, limit, startDate: window.start.toISOString(), endDate: window.end.toISOString(), ...(filter === undefined ? {} : { filter }),
    }, Answer)))
    const read = known.filter((summary) => ids.includes(summary.deployment))
    const entries = answers.flatMap((answer, index) => logEntries(answer.deploymentLogs, ids[index] ?? '')).sort((a, b) => a.at.localeCompare(b.at))
    return logResult(client, { service, deployments: read, kind: 'Deploy', window, truncated: answers.some((answer) => answer.deploymentLogs.length >= limit) }, entries)
  },
})
