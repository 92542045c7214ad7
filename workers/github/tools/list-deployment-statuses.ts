import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import type { GithubClient } from '../client.ts'
import { Deployment, deploymentEntities, deploymentLine, deploymentOf } from '../deployment-view.ts'
import { idField, oneRepositoryField } from '../fields.ts'
import { repositoryRead } from '../operations.ts'

const Status = z.object({ state: z.string(), at: z.string(), description: z.string(), by: z.string(), logUrl: z.string().nullable() })
type Status = z.infer<typeof Status>

const MOST = 100

/** How one deployment went, step by step. */
export const listDeploymentStatuses = defineTool<GithubClient>()({
  name: 'github_list_deployment_statuses',
  title: 'List the statuses of a deployment',
  useWhen: 'Use when a deployment is suspect and you need when it began, succeeded or failed, and what it said on the way.',
  input: z.object({ deployment: idField('deployment', 'Id of the deployment on GitHub'), repository: oneRepositoryField }),
  output: z.object({ deployment: Deployment, statuses: z.array(Status) }),
  operations: [repositoryRead('deployments/{deployment}'), repositoryRead('deployments/{deployment}/statuses')],
  run: async (args, { client }) => {
    const repository = client.repository(args.repository)
    const id = Number(args.deployment)
    const [shape, told] = await Promise.all([client.deployment(repository, id), client.deploymentStatuses(repository, id, MOST)])
    const deployment = deploymentOf(repository, shape, told)
    const statuses = told.map((status): Status => ({
      state: status.state, at: status.created_at, description: status.description ?? '', by: status.creator?.login ?? 'unknown', logUrl: status.log_url === null || status.log_url === undefined || status.log_url === '' ? null : status.log_url,
    })).sort((a, b) => a.at.localeCompare(b.at))
    return {
      structured: { deployment, statuses },
      text: [deploymentLine(deployment), ...statuses.map(statusLine)].join('\n'),
      entities: deploymentEntities(deployment),
      signals: statusSignals(deployment, statuses),
      links: statuses.flatMap(({ logUrl, state }) => (logUrl === null ? [] : [{ title: `Log (${state})`, url: logUrl }])),
      truncated: told.length === MOST,
    }
  },
})

function statusLine({ state, at, description, by }: Status): string {
  return `${utc(at)} ${state}${description === '' ? '' : `: ${description}`} (${by})`
}

function statusSignals(deployment: Deployment, statuses: readonly Status[]): Signal[] {
  const about = deploymentEntities(deployment)
  const failed = statuses.filter(({ state }) => /^(?:failure|error)$/.test(state)).map((status) => makeSignal('error', 2, `Deployment ${deployment.id} to ${deployment.environment}: ${statusLine(status)}`, { at: status.at, about, says: status.description }))
  const live = statuses.find(({ state }) => state === 'success')
  if (live === undefined) return failed.length > 0 ? failed : [makeSignal('state', 1, `Not live yet: ${deploymentLine(deployment)}`, { at: deployment.createdAt, about, says: '' })]
  const minutes = Math.round((Date.parse(live.at) - Date.parse(deployment.createdAt)) / 60_000)
  return [...failed, makeSignal('change', 1, `${deployment.sha.slice(0, 12)} is live in ${deployment.environment} since ${utc(live.at)}, ${minutes} min after deployment ${deployment.id} began`, { at: live.at, about, says: '' })]
}
