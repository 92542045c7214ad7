import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import type { LogEntry } from '../../kit/log-lines.ts'
import { limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { ResolvedWindow } from '../../kit/window.ts'
import { deploymentField, sends, serviceField } from '../arguments.ts'
import type { Named, RailwayClient } from '../client.ts'
import { summaryOf } from '../deployments.ts'
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
    const starts = search === undefined && level === undefined && deployment === undefined ? await startLines(client, service, window) : []
    return logResult(client, { service, deployments: read, kind: 'Deploy', window, starts, truncated: answers.some((answer) => answer.deploymentLogs.length >= limit) }, entries)
  },
})

/** A start is over by then; what comes after is work. */
const START_MILLISECONDS = 10 * 60_000
const START_LINES = 200

/** What the deployment that runs and the one before it wrote when they started, before the window: services say their settings then, and only then. */
async function startLines(client: RailwayClient, service: Named, window: ResolvedWindow): Promise<LogEntry[]> {
  const ran = (await client.deployments({ service, first: 20 })).deployments.map(summaryOf).filter(({ createdAt, status }) => new Date(createdAt) < window.end && !['FAILED', 'SKIPPED'].includes(status)).slice(0, 2)
  const answers = await Promise.all(ran.map(async ({ deployment: id, createdAt }) => {
    const from = new Date(createdAt)
    const until = new Date(Math.min(window.start.getTime(), from.getTime() + START_MILLISECONDS))
    if (from >= until) return []
    return logEntries((await client.query('deploy_logs', { id, limit: START_LINES, startDate: from.toISOString(), endDate: until.toISOString() }, Answer)).deploymentLogs, id)
  }))
  return answers.flat().sort((a, b) => a.at.localeCompare(b.at))
}
