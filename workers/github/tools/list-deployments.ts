import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, entityField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { GithubClient } from '../client.ts'
import { Deployment, deploymentEntities, deploymentLine, deploymentSignal, stillRunning, withStatus } from '../deployment-view.ts'
import { cursorAfter, pageOf, repositoryField } from '../fields.ts'
import { repositoryRead } from '../operations.ts'

/** Deployments recorded on GitHub in a window, with their last status. */
export const listDeployments = defineTool<GithubClient>()({
  name: 'github_list_deployments',
  title: 'List deployments',
  useWhen: 'Use when you need to know which commit went to which environment, when, and whether that succeeded.',
  input: z.object({ repository: repositoryField, environment: entityField('environment', 'Environment name').optional(), ...windowFields, limit: limitField(15, 50), cursor: cursorField }),
  output: z.object({ deployments: z.array(Deployment) }),
  operations: [repositoryRead('deployments'), repositoryRead('deployments/{deployment}/statuses')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 3 * 24 * 60, maxMinutes: 365 * 24 * 60 })
    const page = pageOf(args.cursor)
    const query = { per_page: args.limit, page, ...(args.environment === undefined ? {} : { environment: args.environment }) }
    const lists = await Promise.all(client.repositories(args.repository).map(async (repository) => (await client.deployments(repository, query)).map((deployment) => ({ repository, deployment }))))
    const within = lists.flat().filter(({ deployment }) => Date.parse(deployment.created_at) >= window.start.getTime() && Date.parse(deployment.created_at) < window.end.getTime())
      .sort((a, b) => b.deployment.created_at.localeCompare(a.deployment.created_at)).slice(0, args.limit)
    const deployments = await Promise.all(within.map(async ({ repository, deployment }) => withStatus(repository, deployment, client)))
    const cursor = cursorAfter(page, Math.max(...lists.map((list) => list.length)), args.limit)
    const nothing = `GitHub records no deployment between ${utc(window.start)} and ${utc(window.end)}`
    return {
      structured: { deployments },
      text: deployments.length === 0 ? `${nothing}.` : deployments.map(deploymentLine).join('\n'),
      entities: deployments.flatMap(deploymentEntities),
      signals: deployments.length === 0 ? [makeSignal('absence', 0, nothing)] : [...stillRunning(deployments), ...deployments.map(deploymentSignal)],
      truncated: cursor !== undefined,
      cursor,
    }
  },
})
