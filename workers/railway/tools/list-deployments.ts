import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { variableChanges } from '../activity.ts'
import { sends, serviceField } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { deploymentEntities, DeploymentSummary, deploymentText, historySignals, stillRunning, summaryOf } from '../deployments.ts'

export const listDeployments = defineTool<RailwayClient>()({
  name: 'railway_list_deployments',
  title: 'Deployments in a window',
  useWhen: 'Use when you ask what was deployed, redeployed or rolled back, when, by whom and from which commit.',
  input: z.object({ service: serviceField.optional(), ...windowFields, limit: limitField(20, 100), cursor: cursorField }),
  output: z.object({ deployments: z.array(DeploymentSummary), before: DeploymentSummary.nullable().describe('the last one before the window') }),
  operations: sends('list_deployments', 'activity'),
  async run({ service: name, limit, cursor, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 3 * 24 * 60, maxMinutes: 90 * 24 * 60 })
    const service = name === undefined ? undefined : await client.service(name)
    const page = await client.deployments({ service, first: limit, after: cursor })
    const all = page.deployments.map(summaryOf).sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    const within = all.filter(({ createdAt }) => new Date(createdAt) >= window.start && new Date(createdAt) <= window.end)
    const before = all.find(({ createdAt }) => new Date(createdAt) < window.start) ?? null
    const head = `Deployments${service === undefined ? '' : ` of ${service.name}`}, ${utc(window.start)} to ${utc(window.end)}`
    const about = service === undefined ? [] : [{ kind: 'service' as const, value: service.name }]
    const changed = await variableChanges(client, within)
    const reachesBack = before !== null || page.cursor === undefined
    return {
      structured: { deployments: within, before },
      text: [
        within.length === 0 ? `${head}: none.` : `${head}, newest first:`, ...within.map(deploymentText),
        ...(before === null ? [] : [`The last one before: ${deploymentText(before)}`]),
      ].join('\n'),
      entities: distinctEntities([...about, ...within.flatMap(deploymentEntities), ...(before === null ? [] : deploymentEntities(before))]),
      signals: within.length > 0 ? historySignals(all, within, clock.now(), changed) : [...stillRunning(all), makeSignal('absence', 0, `${head}: nothing was deployed.`, { about })],
      links: [await client.link('Deployments in Railway', { service: service?.id })],
      truncated: !reachesBack,
      cursor: reachesBack ? undefined : page.cursor,
    }
  },
})
