import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import type { GithubClient, Repository } from '../client.ts'
import type { EnvironmentShape } from '../delivery-shapes.ts'
import { Deployment, deploymentEntities, deploymentLine, withStatus } from '../deployment-view.ts'
import { cursorAfter, oneRepositoryField, pageOf } from '../fields.ts'
import { repositoryRead } from '../operations.ts'

const Environment = z.object({ name: z.string(), rules: z.array(z.string()), branches: z.string(), newest: Deployment.nullable(), url: z.string().nullable() })
type Environment = z.infer<typeof Environment>

/** The environments a repository deploys to, each with its newest deployment. */
export const listEnvironments = defineTool<GithubClient>()({
  name: 'github_list_environments',
  title: 'List environments',
  useWhen: 'Use when you need to know which environments a repository deploys to, what went there last, and who must approve.',
  input: z.object({ repository: oneRepositoryField, limit: limitField(10, 30), cursor: cursorField }),
  output: z.object({ environments: z.array(Environment) }),
  operations: [repositoryRead('environments'), repositoryRead('deployments'), repositoryRead('deployments/{deployment}/statuses')],
  run: async (args, { client }) => {
    const repository = client.repository(args.repository)
    const page = pageOf(args.cursor)
    const environments = await Promise.all((await client.environments(repository, { per_page: args.limit, page })).map(async (environment) => environmentOf(environment, repository, client)))
    const cursor = cursorAfter(page, environments.length, args.limit)
    const nothing = `${repository.fullName} has no environments on GitHub`
    return {
      structured: { environments },
      text: environments.length === 0 ? `${nothing}.` : environments.map(environmentText).join('\n'),
      entities: [{ kind: 'repository', value: repository.fullName }, ...environments.flatMap(({ name, newest }): Entity[] => [{ kind: 'environment', value: name }, ...(newest === null ? [] : deploymentEntities(newest))])],
      signals: environments.length === 0
        ? [makeSignal('absence', 0, nothing)]
        : environments.flatMap(({ newest }) => (newest === null ? [] : [makeSignal('state', 0, `Newest in ${newest.environment}: ${deploymentLine(newest)}`, { at: newest.stateAt ?? newest.createdAt, about: deploymentEntities(newest), says: '' })])),
      links: environments.flatMap(({ name, url }) => (url === null ? [] : [{ title: name, url }])),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})

async function environmentOf({ name, html_url: url, protection_rules: rules, deployment_branch_policy: policy }: EnvironmentShape, repository: Repository, client: GithubClient): Promise<Environment> {
  const [deployment] = await client.deployments(repository, { environment: name, per_page: 1 })
  return {
    name, rules: rules.map(ruleText), branches: policy === null || policy === undefined ? 'any branch' : policy.protected_branches ? 'protected branches only' : 'chosen branches only',
    newest: deployment === undefined ? null : await withStatus(repository, deployment, client), url: url ?? null,
  }
}

function ruleText({ type, wait_timer: wait, reviewers }: EnvironmentShape['protection_rules'][number]): string {
  const names = (reviewers ?? []).flatMap(({ reviewer }) => reviewer?.login ?? reviewer?.slug ?? [])
  if (type === 'wait_timer') return `waits ${wait ?? '?'} min`
  if (type === 'required_reviewers') return `needs approval by ${names.join(' or ') || 'a reviewer'}`
  return type.replaceAll('_', ' ')
}

function environmentText({ name, rules, branches, newest }: Environment): string {
  return `${name}: ${[branches, ...rules].join(', ')}; ${newest === null ? 'no deployment recorded' : deploymentLine(newest)}`
}
