import { deploy } from './deploy.ts'
import { type Draft, railwayProject, repositoryOf } from './draft.ts'
import { before, wholeSecond } from './moments.ts'
import type { Release, Service } from './service-record.ts'

export interface PushAct {
  readonly at: string
  readonly branch: string
  /** The commit a new branch is cut from; a branch that is there already grows from its head. */
  readonly from: string
  readonly author: string
  readonly message: string
  readonly files: Readonly<Record<string, string | null>>
  /** Opens a pull request with this title, half an hour before the push. */
  readonly pull?: string
}

/** What happens beside the default branch. */
export interface BranchActs {
  /** A commit on another branch than the default one; returns its SHA. */
  push(service: Service, act: PushAct): string
  /** A Railway service goes live with a commit of another branch. */
  branchDeploy(service: Service, act: { readonly at: string; readonly sha: string; readonly branch: string }): Release
}

/** Those acts upon `draft`. */
export function branchActs(draft: Draft): BranchActs {
  return {
    push: (service, act) => push(draft, service, act),
    branchDeploy: (service, act) => branchDeploy(draft, service, act),
  }
}

function push(draft: Draft, service: Service, act: PushAct): string {
  const { random } = draft
  const repository = repositoryOf(draft, service.name)
  const known = repository.branches.find(({ name }) => name === act.branch)
  const parent = known?.sha ?? act.from
  const [sha, at, actor, ref] = [random.hex(40), wholeSecond(act.at), act.author, `refs/heads/${act.branch}`]
  repository.commits.push({ sha, parents: [parent], author: actor, at, message: act.message, files: { ...act.files } })
  if (known) known.sha = sha
  else repository.branches.push({ name: act.branch, sha, protected: false })
  repository.activity.push({ id: random.int(1e9, 9e9), type: known ? 'push' : 'branch_creation', actor, at, ref, before: known ? parent : '0'.repeat(40), after: sha })
  if (act.pull !== undefined) {
    const number = 41 + repository.pulls.length * 3 + repository.issues.length
    const createdAt = wholeSecond(before(at, '30m'))
    repository.pulls.push({ number, title: act.pull, body: act.message, author: actor, state: 'open', createdAt, mergedAt: null, mergeSha: null, head: { ref: act.branch, sha }, base: repository.defaultBranch, labels: [], reviews: [], comments: [] })
  }
  return sha
}

function branchDeploy(draft: Draft, service: Service, { branch, ...act }: { at: string; sha: string; branch: string }): Release {
  const release = deploy(draft, service, act)
  const repository = repositoryOf(draft, service.name)
  for (const run of repository.workflowRuns) if (run.sha === act.sha) run.branch = branch
  for (const deployment of repository.deployments) if (deployment.sha === act.sha) deployment.ref = branch
  const placed = railwayProject(draft).deployments.find(({ id }) => id === release.deployment)
  if (placed?.commit) placed.commit.branch = branch
  return release
}
