import type { Context } from 'hono'
import { buildSchema, graphql, Kind, parse, type DocumentNode } from 'graphql'
import type { GithubCommit } from '../../../src/core/world/github.ts'
import type { World } from '../../../src/core/world/world.ts'
import type { Recorder } from '../recorder.ts'
import { blobSha } from './git/objects.ts'
import type { BlameRange } from './git/blame.ts'
import { connection, type Page } from './graphql-connection.ts'
import { issueNode, labelNode, listsSchema, releaseNode } from './graphql-lists.ts'
import { githubTime, nodeId } from './responses.ts'
import type { GithubState, Repo } from './state.ts'
import { labelsOf, lastTouched, type Pull } from './views/issue.ts'
import { gitIdentity } from './views/user.ts'

/** The part of GitHub's schema the lab executes, named and typed as docs.github.com/graphql has it. */
const schema = buildSchema(`${listsSchema}
  scalar DateTime
  scalar GitObjectID
  scalar URI
  interface Node { id: ID! }
  interface GitObject { id: ID! oid: GitObjectID! abbreviatedOid: String! commitUrl: URI! }
  type User { id: ID! login: String! name: String email: String! url: URI! }
  type GitActor { name: String email: String date: DateTime user: User }
  type BlameRange { age: Int! startingLine: Int! endingLine: Int! commit: Commit! }
  type Blame { ranges: [BlameRange!]! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type CommitHistoryConnection { nodes: [Commit] totalCount: Int! pageInfo: PageInfo! }
  type PullRequestConnection { nodes: [PullRequest] totalCount: Int! pageInfo: PageInfo! }
  enum PullRequestState { OPEN CLOSED MERGED }
  type PullRequest implements Node {
    id: ID! number: Int! title: String! body: String! state: PullRequestState! url: URI! author: User mergedAt: DateTime createdAt: DateTime! updatedAt: DateTime!
    headRefName: String! headRefOid: GitObjectID! baseRefName: String! isDraft: Boolean! mergeCommit: Commit
    headRepositoryOwner: User isCrossRepository: Boolean! labels(first: Int, after: String): LabelConnection
  }
  type Commit implements Node & GitObject {
    id: ID! oid: GitObjectID! abbreviatedOid: String! commitUrl: URI! url: URI! message: String! messageHeadline: String! messageBody: String!
    committedDate: DateTime! authoredDate: DateTime! author: GitActor committer: GitActor additions: Int! deletions: Int! changedFilesIfAvailable: Int
    blame(path: String!): Blame!
    history(first: Int, after: String, path: String, since: DateTime, until: DateTime): CommitHistoryConnection!
    associatedPullRequests(first: Int, after: String): PullRequestConnection
  }
  type Blob implements Node & GitObject { id: ID! oid: GitObjectID! abbreviatedOid: String! commitUrl: URI! byteSize: Int! text: String isBinary: Boolean isTruncated: Boolean! }
  type Ref implements Node { id: ID! name: String! prefix: String! target: GitObject }
  type Repository implements Node {
    id: ID! name: String! nameWithOwner: String! url: URI! isPrivate: Boolean! description: String defaultBranchRef: Ref
    ref(qualifiedName: String!): Ref
    object(oid: GitObjectID, expression: String): GitObject
    pullRequest(number: Int!): PullRequest
    pullRequests(first: Int, after: String, states: [PullRequestState!], baseRefName: String, headRefName: String, orderBy: IssueOrder): PullRequestConnection!
    hasIssuesEnabled: Boolean!
    issues(first: Int, after: String, states: [IssueState!], filterBy: IssueFilters, orderBy: IssueOrder): IssueConnection!
    labels(first: Int, after: String, query: String, orderBy: LabelOrder): LabelConnection
    releases(first: Int, after: String, orderBy: ReleaseOrder): ReleaseConnection!
    release(tagName: String!): Release
  }
  type RateLimit { limit: Int! cost: Int! remaining: Int! used: Int! resetAt: DateTime! nodeCount: Int! }
  type Query { viewer: User! repository(owner: String!, name: String!, followRenames: Boolean): Repository rateLimit(dryRun: Boolean): RateLimit }
`)

function userNode(world: World, login: string): Record<string, unknown> {
  const { name, email } = gitIdentity(world, login)
  return { id: nodeId('User', login), login, name, email, url: `https://github.com/${login}` }
}

function pullNode(world: World, repo: Repo, pull: Pull): Record<string, unknown> {
  return {
    id: nodeId('PullRequest', pull.number), number: pull.number, title: pull.title, body: pull.body, state: pull.mergedAt === null ? pull.state.toUpperCase() : 'MERGED', url: `${repo.html}/pull/${pull.number}`,
    author: userNode(world, pull.author), mergedAt: pull.mergedAt, createdAt: githubTime(pull.createdAt), updatedAt: githubTime(lastTouched(pull)), headRefName: pull.head.ref, headRefOid: pull.head.sha,
    baseRefName: pull.base, isDraft: false, headRepositoryOwner: userNode(world, repo.data.owner), isCrossRepository: false,
    labels: (page: Page) => connection(pull.labels.map((label) => labelNode(repo, label)), page),
    mergeCommit: () => { const merge = pull.mergeSha === null ? undefined : repo.history.resolve(pull.mergeSha); return merge === undefined ? null : commitNode(world, repo, merge) },
  }
}

function rangeNode(world: World, repo: Repo, range: BlameRange, span: { oldest: number; newest: number }): Record<string, unknown> {
  // GitHub's age: 1 for the newest lines of the file to 10 for the oldest.
  const length = Math.max(1, span.newest - span.oldest)
  return { age: 1 + Math.round(((span.newest - Date.parse(range.commit.at)) / length) * 9), startingLine: range.startingLine, endingLine: range.endingLine, commit: commitNode(world, repo, range.commit) }
}

function blameNode(world: World, repo: Repo, commit: GithubCommit, path: string): Record<string, unknown> {
  const ranges = repo.history.blame(commit, path)
  if (ranges === undefined) throw new Error(`Could not resolve file '${path}' at the given commit.`)
  const times = ranges.map((range) => Date.parse(range.commit.at))
  const span = { oldest: Math.min(...times), newest: Math.max(...times) }
  return { ranges: ranges.map((range) => rangeNode(world, repo, range, span)) }
}

function commitNode(world: World, repo: Repo, commit: GithubCommit): Record<string, unknown> {
  const [headline = '', ...rest] = commit.message.split('\n')
  const date = githubTime(commit.at)
  const actor = { ...gitIdentity(world, commit.author), date, user: () => userNode(world, commit.author) }
  const count = (key: 'additions' | 'deletions') => () => repo.history.changes(commit).reduce((sum, file) => sum + file[key], 0)
  return {
    __typename: 'Commit', id: nodeId('Commit', commit.sha), oid: commit.sha, abbreviatedOid: commit.sha.slice(0, 7), commitUrl: `${repo.html}/commit/${commit.sha}`, url: `${repo.html}/commit/${commit.sha}`,
    message: commit.message, messageHeadline: headline, messageBody: rest.join('\n').trim(), committedDate: date, authoredDate: date, author: actor, committer: actor,
    additions: count('additions'), deletions: count('deletions'), changedFilesIfAvailable: () => repo.history.changes(commit).length,
    blame: ({ path }: { path: string }) => blameNode(world, repo, commit, path),
    history: ({ path, since, until, ...page }: Page & { path?: string; since?: string; until?: string }) => {
      const found = repo.history.log(commit).filter((each) =>
        !(Date.parse(each.at) < Date.parse(since ?? '')) && !(Date.parse(each.at) > Date.parse(until ?? '')) && (path === undefined || repo.history.changes(each).some((change) => change.filename === path || change.filename.startsWith(`${path}/`))))
      return connection(found.map((each) => commitNode(world, repo, each)), page)
    },
    associatedPullRequests: (page: Page) => connection(repo.data.pulls.filter((pull) => pull.mergeSha === commit.sha || pull.head.sha === commit.sha).map((pull) => pullNode(world, repo, pull)), page),
  }
}

function objectNode(world: World, repo: Repo, expression: string): Record<string, unknown> | null {
  const [ref = '', path] = expression.split(':')
  const commit = repo.history.resolve(ref)
  if (commit === undefined) return null
  if (path === undefined) return commitNode(world, repo, commit)
  const content = repo.history.tree(commit).get(path)
  if (content === undefined) return null
  const oid = blobSha(content)
  return { __typename: 'Blob', id: nodeId('Blob', oid), oid, abbreviatedOid: oid.slice(0, 7), commitUrl: `${repo.html}/commit/${commit.sha}`, byteSize: Buffer.byteLength(content), text: content, isBinary: false, isTruncated: false }
}

function repositoryNode(world: World, repo: Repo): Record<string, unknown> {
  const { data, fullName, html } = repo
  const refNode = (qualifiedName: string): Record<string, unknown> | null => {
    const name = qualifiedName.replace(/^refs\/(heads|tags)\//, '')
    const tag = qualifiedName.startsWith('refs/tags/') || !data.branches.some((branch) => branch.name === name)
    const target = (tag ? data.tags : data.branches).find((each) => each.name === name)
    return target === undefined ? null : { id: nodeId('Ref', name), name, prefix: tag ? 'refs/tags/' : 'refs/heads/', target: () => objectNode(world, repo, target.sha) }
  }
  return {
    id: nodeId('Repository', data.id), name: data.name, nameWithOwner: fullName, url: html, isPrivate: data.private, description: data.description, defaultBranchRef: () => refNode(data.defaultBranch),
    ref: ({ qualifiedName }: { qualifiedName: string }) => refNode(qualifiedName),
    object: ({ oid, expression }: { oid?: string; expression?: string }) => objectNode(world, repo, oid ?? expression ?? 'HEAD'),
    pullRequest: ({ number }: { number: number }) => {
      const pull = data.pulls.find((each) => each.number === number)
      if (pull === undefined) throw new Error(`Could not resolve to a PullRequest with the number of ${number}.`)
      return pullNode(world, repo, pull)
    },
    pullRequests: ({ states, baseRefName, headRefName, ...page }: Page & { states?: string[] | null; baseRefName?: string | null; headRefName?: string | null }) => {
      const pulls = data.pulls.filter((pull) => pull.base === (baseRefName ?? pull.base) && pull.head.ref === (headRefName ?? pull.head.ref)).map((pull) => pullNode(world, repo, pull))
      return connection(pulls.filter((pull) => states?.includes(String(pull['state'])) ?? true).toSorted(newestFirst), page)
    },
    ...listFields(world, repo),
  }
}

function newestFirst(one: Record<string, unknown>, other: Record<string, unknown>): number {
  return String(other['createdAt']).localeCompare(String(one['createdAt']))
}

/** The lists of a repository besides its pull requests. Issues and releases come newest first whatever order is asked for, labels by name. */
function listFields(world: World, repo: Repo): Record<string, unknown> {
  const { data } = repo
  const releases = () => data.releases.map((release) => releaseNode(repo, release, userNode(world, release.author)))
  return {
    hasIssuesEnabled: true,
    issues: ({ states, filterBy, ...page }: Page & { states?: string[] | null; filterBy?: { createdBy?: string | null } | null }) => {
      const issues = data.issues.filter((issue) => issue.author === (filterBy?.createdBy ?? issue.author)).map((issue) => issueNode(repo, issue, userNode(world, issue.author)))
      return connection(issues.filter((issue) => states?.includes(String(issue['state'])) ?? true).toSorted(newestFirst), page)
    },
    labels: ({ query, ...page }: Page & { query?: string | null }) => connection(labelsOf(repo).filter((label) => label.includes(query ?? '')).map((label) => labelNode(repo, label)), page),
    releases: (page: Page) => connection(releases().toSorted(newestFirst), page),
    release: ({ tagName }: { tagName: string }) => releases().find((release) => release['tagName'] === tagName) ?? null,
  }
}

function documentOf(query: string): DocumentNode | undefined {
  try {
    return parse(query)
  } catch {
    return undefined
  }
}

/** Answers `POST /graphql` by executing the query; a document with anything but queries in it is marked as a write. */
export function createGraphql(state: GithubState, recorder: Recorder): (c: Context) => Promise<Response> {
  const { world } = state
  return async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined)
    const { query, variables, operationName } = (typeof body === 'object' && body !== null ? body : {}) as { query?: unknown; variables?: Record<string, unknown>; operationName?: string }
    if (typeof query !== 'string') return c.json({ message: 'A query attribute must be specified and must be a string.', documentation_url: 'https://docs.github.com/graphql', status: '400' }, 400)
    const document = documentOf(query)
    recorder.mark(c.req.raw, { write: document?.definitions.some((definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.operation !== 'query') ?? false })
    const rootValue = {
      viewer: () => userNode(world, 'foreman-lab'),
      rateLimit: () => ({ limit: 5000, cost: 1, remaining: 4999, used: 1, resetAt: githubTime(state.now().getTime() + 3_600_000), nodeCount: 0 }),
      repository: ({ owner, name }: { owner: string; name: string }) => {
        const repo = state.find(c, owner, name)
        if (repo === undefined) throw new Error(`Could not resolve to a Repository with the name '${owner}/${name}'.`)
        return repositoryNode(world, repo)
      },
    }
    const result = await graphql({ schema, source: query, rootValue, ...(variables === undefined ? {} : { variableValues: variables }), ...(operationName === undefined ? {} : { operationName }) })
    const errors = result.errors?.map((error) => ({ type: error.message.startsWith('Could not resolve') ? 'NOT_FOUND' : undefined, ...error.toJSON() }))
    return c.json({ ...(result.data === undefined ? {} : { data: result.data }), ...(errors === undefined ? {} : { errors }) })
  }
}
