import type { GithubCommit, GithubRepository } from '../../../src/core/world/github.ts'
import { type Draft, repositoryOf, someone } from './draft.ts'
import { after, before, wholeSecond } from './moments.ts'

export interface CommitAct {
  readonly at: string
  readonly author?: string
  readonly message: string
  /** Path → whole content after the commit; null removes the file. */
  readonly files: Readonly<Record<string, string | null>>
  /** Comes in through a pull request with this title. */
  readonly pull?: string | undefined
}

/** An empty private repository of the company, with a first commit that holds `files`. */
export function addRepository(
  draft: Draft,
  name: string,
  options: { at: string; description: string; files: Readonly<Record<string, string>> },
): GithubRepository {
  const first: GithubCommit = {
    sha: draft.random.hex(40),
    parents: [],
    author: someone(draft),
    at: wholeSecond(options.at),
    message: 'Start from the service template',
    files: { ...options.files },
  }
  const repository: GithubRepository = {
    owner: draft.organization.slug,
    name,
    id: draft.random.int(100_000_000, 900_000_000),
    private: true,
    defaultBranch: 'main',
    description: options.description,
    createdAt: wholeSecond(options.at),
    branches: [{ name: 'main', sha: first.sha, protected: true }],
    tags: [],
    commits: [first],
    pulls: [],
    issues: [],
    deployments: [],
    environments: ['production'],
    workflowRuns: [],
    releases: [],
    activity: [],
  }
  draft.world.github.repositories.push(repository)
  return repository
}

/** A commit on the default branch, after everything there; returns its SHA. */
export function commit(draft: Draft, name: string, act: CommitAct): string {
  const repository = repositoryOf(draft, name)
  const branch = repository.branches.find((each) => each.name === repository.defaultBranch)
  const head = repository.commits.find((each) => each.sha === branch?.sha)
  if (!branch || !head) throw new Error(`${name} has no head commit`)
  const at = wholeSecond(act.at)
  if (Date.parse(at) < Date.parse(head.at))
    throw new Error(`${name}: commit "${act.message}" would stand before its parent; write commits in the order of time`)
  const author = act.author ?? someone(draft)
  const sha = draft.random.hex(40)
  const pull = act.pull === undefined ? undefined : addPull(draft, repository, { ...act, title: act.pull, author, sha, at })
  repository.commits.push({
    sha,
    parents: [head.sha],
    author,
    at,
    message: pull === undefined ? act.message : `${act.message} (#${pull})`,
    files: { ...act.files },
  })
  repository.activity.push({
    id: draft.random.int(1e9, 9e9),
    type: pull === undefined ? 'push' : 'pr_merge',
    actor: author,
    at,
    ref: 'refs/heads/main',
    before: head.sha,
    after: sha,
  })
  branch.sha = sha
  return sha
}

function addPull(
  draft: Draft,
  repository: GithubRepository,
  act: { title: string; message: string; author: string; sha: string; at: string },
): number {
  const number = 40 + repository.pulls.length * 3 + draft.random.int(1, 3) + repository.issues.length
  const createdAt = wholeSecond(before(act.at, `${draft.random.int(50, 900)}m`))
  const reviewer = draft.random.pick(draft.people.filter(({ login }) => login !== act.author)).login
  repository.pulls.push({
    number,
    title: act.title,
    body: act.message,
    author: act.author,
    state: 'closed',
    createdAt,
    mergedAt: act.at,
    mergeSha: act.sha,
    head: {
      ref: act.title
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .slice(0, 40),
      sha: act.sha,
    },
    base: 'main',
    labels: [],
    comments: [],
    reviews: [{ id: draft.random.int(1e6, 9e6), author: reviewer, state: 'APPROVED', at: wholeSecond(after(createdAt, '20m')), body: '' }],
  })
  return number
}

/** The whole text of `path` as of commit `sha` on the default branch; throws when it is not there. */
export function fileAt(repository: GithubRepository, sha: string, path: string): string {
  const until = repository.commits.findIndex((each) => each.sha === sha)
  const text = repository.commits.slice(0, until + 1).findLast((each) => path in each.files)?.files[path]
  if (text === undefined || text === null) throw new Error(`${repository.name} has no ${path} at ${sha.slice(0, 7)}`)
  return text
}
