import type { GithubRepository } from '../../../../src/core/world/github.ts'
import type { World } from '../../../../src/core/world/world.ts'
import { githubTime, nodeId } from '../responses.ts'
import type { Repo } from '../state.ts'
import { userView } from './user.ts'

export type Deployment = GithubRepository['deployments'][number]

/** A deployment as lists and its own page show it; without its statuses, which have an address of their own. */
export function deploymentView(world: World, { api, root }: Repo, deployment: Deployment): Record<string, unknown> {
  const url = `${api}/deployments/${deployment.id}`
  const last = deployment.statuses.map((status) => status.at).toSorted((one, other) => Date.parse(other) - Date.parse(one))[0] ?? deployment.createdAt
  return {
    url, id: deployment.id, node_id: nodeId('Deployment', deployment.id), task: 'deploy', original_environment: deployment.environment, environment: deployment.environment, sha: deployment.sha,
    ref: deployment.ref, description: deployment.description === '' ? null : deployment.description, payload: {}, creator: userView(world, deployment.creator, root),
    created_at: githubTime(deployment.createdAt), updated_at: githubTime(last), statuses_url: `${url}/statuses`, repository_url: api, transient_environment: false, production_environment: deployment.environment === 'production',
    performed_via_github_app: null,
  }
}

/** One step of a deployment. */
export function deploymentStatusView(world: World, { api, root }: Repo, deployment: Deployment, status: Deployment['statuses'][number]): Record<string, unknown> {
  const url = `${api}/deployments/${deployment.id}`
  const at = githubTime(status.at)
  return {
    url: `${url}/statuses/${status.id}`, id: status.id, node_id: nodeId('DeploymentStatus', status.id), state: status.state, creator: userView(world, deployment.creator, root), description: status.description,
    environment: deployment.environment, target_url: status.logUrl, log_url: status.logUrl, environment_url: '', created_at: at, updated_at: at, deployment_url: url, repository_url: api, performed_via_github_app: null,
  }
}

/** An environment that deployments go to. */
export function environmentView({ api, html, data }: Repo, name: string): Record<string, unknown> {
  const id = data.id * 100 + data.environments.indexOf(name)
  const at = githubTime(data.createdAt)
  return { id, node_id: nodeId('Environment', id), name, url: `${api}/environments/${encodeURIComponent(name)}`, html_url: `${html}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`, created_at: at, updated_at: at, protection_rules: [], deployment_branch_policy: null }
}

/** A release as lists and its own page show it. A world's releases have no assets and are never drafts. */
export function releaseView(world: World, { api, html, root, data }: Repo, release: GithubRepository['releases'][number]): Record<string, unknown> {
  const url = `${api}/releases/${release.id}`
  const at = githubTime(release.at)
  return {
    url, html_url: `${html}/releases/tag/${release.tag}`, assets_url: `${url}/assets`, upload_url: `${url}/assets{?name,label}`, tarball_url: `${api}/tarball/${release.tag}`, zipball_url: `${api}/zipball/${release.tag}`,
    id: release.id, node_id: nodeId('Release', release.id), tag_name: release.tag, target_commitish: data.defaultBranch, name: release.name, body: release.body, draft: false, prerelease: release.prerelease, immutable: false,
    created_at: at, published_at: at, updated_at: at, author: userView(world, release.author, root), assets: [],
  }
}
