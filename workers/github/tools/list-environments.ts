import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import type { GithubClient, Repository } from '../client.ts'
import type { EnvironmentShape } from '../delivery-shapes.ts'
import { Deployment, deploymentEntities, deploymentLine, stillRunning, withStatus } from '../deployment-view.ts'
import { cursorAfter, repositoryField, pageOf } from '../fields.ts'
import { repositoryRead } from '../operations.ts'

const Environment = z.object({ repository: z.string(), name: z.string(), rules: z.array(z.string()), branches: z.string(), newest: Deployment.nullable(), earlier: z.array(Deployment), url: z.string().nullable() })
type Environment = z.infer<typeof Environment>

/** Where the newest deployment did not go live, so many are looked through for the one that did. */
const DEPLOYMENTS = 6

/** The environments a repository deploys to, each with its newest deployment. */
export const listEnvironments = defineTool<GithubClient>()({
  name: 'github_list_environments',
  title: 'List environments',
  useWhen: 'Use when you need to know which environments there are, what went there last, and who must approve.',
  input: z.object({ repository: repositoryField, limit: limitField(10, 30), cursor: cursorField }),
  output: z.object({ environments: z.array(Environment) }),
  operations: [repositoryRead('environments'), repositoryRead('deployments'), repositoryRead('deployments/{deployment}/statuses')],
  run: async (args, { client }) => {
    const repositories = client.repositories(args.repository)
    const page = pageOf(args.cursor)
    const lists = await Promise.all(repositories.map(async (repository) => Promise.all((await client.environments(repository, { per_page: args.limit, page })).map(async (environment) => environmentOf(environment, repository, client)))))
    const environments = lists.flat()
    const cursor = cursorAfter(page, Math.max(...lists.map((list) => list.length)), args.limit)
    const nothing = `${repositories.map(({ fullName }) => fullName).join(', ')} ${repositories.length === 1 ? 'has' : 'have'} no environments on GitHub`
    return {
      structured: { environments },
      text: environments.length === 0 ? `${nothing}.` : environments.map(environmentText).join('\n'),
      entities: [...repositories.map(({ fullName }): Entity => ({ kind: 'repository', value: fullName })), ...environments.flatMap(({ name, newest }): Entity[] => [{ kind: 'environment', value: name }, ...(newest === null ? [] : deploymentEntities(newest))])],
      signals: environments.length === 0
        ? [makeSignal('absence', 0, nothing)]
        : [...environments.flatMap(({ newest, earlier }) => stillRunning(newest === null ? [] : [newest, ...earlier])), ...environments.flatMap(({ newest }) => (newest === null ? [] : [makeSignal('state', 0, `Newest in ${newest.environment}: ${deploymentLine(newest)}`, { at: newest.stateAt ?? newest.createdAt, about: deploymentEntities(newest), says: '' })]))],
      links: environments.flatMap(({ name, url }) => (url === null ? [] : [{ title: name, url }])),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})

async function environmentOf({ name, html_url: url, protection_rules: rules, deployment_branch_policy: policy }: EnvironmentShape, repository: Repository, client: GithubClient): Promise<Environment> {
  const [newest, ...older] = await client.deployments(repository, { environment: name, per_page: DEPLOYMENTS })
  const deployment = newest === undefined ? null : await withStatus(repository, newest, client)
  return {
    repository: repository.fullName, name, rules: rules.map(ruleText), branches: policy === null || policy === undefined ? 'any branch' : policy.protected_branches ? 'protected branches only' : 'chosen branches only',
    newest: deployment, earlier: deployment === null || isLive(deployment) ? [] : await Promise.all(older.map(async (each) => withStatus(repository, each, client))), url: url ?? null,
  }
}

function ruleText({ type, wait_timer: wait, reviewers }: EnvironmentShape['protection_rules'][number]): string {
  const names = (reviewers ?? []).flatMap(({ reviewer }) => reviewer?.login ?? reviewer?.slug ?? [])
  if (type === 'wait_timer') return `waits ${wait ?? '?'} min`
  if (type === 'required_reviewers') return `needs approval by ${names.join(' or ') || 'a reviewer'}`
  return type.replaceAll('_', ' ')
}

function isLive({ state }: Deployment): boolean {
  return state === 'success'
}

function environmentText({ repository, name, rules, branches, newest }: Environment): string {
  return `${name} [${repository}]: ${[branches, ...rules].join(', ')}; ${newest === null ? 'no deployment recorded' : deploymentLine(newest)}`
}
