import { GraphqlResponseError } from '@octokit/graphql'
import { Octokit } from '@octokit/rest'
import { z } from 'zod'
import { fail } from '../../src/core/errors.ts'
import { failureOfStatus } from '../kit/failure-of.ts'
import { path } from '../kit/path-template.ts'
import { blameDocument } from './operations.ts'
import { CheckRunShape, CombinedStatusShape, DeploymentShape, DeploymentStatusShape, EnvironmentShape, JobShape, ReleaseShape, RunShape, TagShape } from './delivery-shapes.ts'
import {
  ActivityShape, BlameShape, CodeHitShape, CommentShape, CommitShape, ComparisonShape, ContentShape, FileShape, IssueHitShape, PullDetailShape, PullShape, ReviewShape, TreeShape,
} from './shapes.ts'

const FullName = z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name')

/** Where GitHub's API is (`https://api.github.com`, or `https://HOST/api/v3`), a token that may read, and the repositories looked at. */
export const GithubConnection = z.object({ baseUrl: z.url(), token: z.string().min(1), repositories: z.array(FullName).min(1) })
export type GithubConnection = z.infer<typeof GithubConnection>

/** One of the connection's repositories. */
export interface Repository {
  readonly owner: string
  readonly repo: string
  readonly fullName: string
}

export type GithubClient = ReturnType<typeof createGithubClient>

/** GitHub's API by octokit, through the guard, for the connection's repositories only. Every answer is parsed. */
export function createGithubClient(connection: GithubConnection, guarded: typeof fetch) {
  const silent = () => undefined
  const octokit = new Octokit({
    auth: connection.token, baseUrl: connection.baseUrl.replace(/\/$/, ''), request: { fetch: guarded }, log: { debug: silent, info: silent, warn: silent, error: silent },
  })
  octokit.hook.after('request', ({ data }) => {
    // Octokit hands on whatever came with a good status, a login page as a string.
    if (typeof data !== 'object' || data === null) fail('bad_response', 'GitHub answered with something that is no JSON object: its address may be wrong, or a proxy or login page stands before it.')
  })
  return {
    ...repositoryScope(connection.repositories),
    ...codeReads(octokit.rest),
    ...pullReads(octokit.rest),
    ...deliveryReads(octokit.rest),
    /** The blamed ranges, or undefined when there is no such file at that ref. */
    blame: async (of: Repository, file: string, ref: string) => {
      const answer: unknown = await octokit.graphql(blameDocument, { owner: of.owner, name: of.repo, ref, path: file }).catch(graphqlFailure)
      return BlameShape.parse(answer).repository?.object?.blame?.ranges
    },
    jobLogTail: (of: Repository, jobId: string, mostBytes: number) => readTail(connection, guarded, { of, jobId, mostBytes }),
  }
}

type Rest = Octokit['rest']
interface PageOf {
  readonly per_page: number
  readonly page?: number
}

/** Commits, files and trees, and where things stand in them. */
function codeReads({ repos, git, search }: Rest) {
  return {
    commits: async (of: Repository, query: PageOf & { sha?: string; path?: string; author?: string; since?: string; until?: string }) =>
      z.array(CommitShape).parse((await repos.listCommits({ ...of, ...query })).data),
    commit: async (of: Repository, ref: string) => CommitShape.parse((await repos.getCommit({ ...of, ref })).data),
    compare: async (of: Repository, base: string, head: string) => ComparisonShape.parse((await repos.compareCommitsWithBasehead({ ...of, basehead: `${base}...${head}`, per_page: 100 })).data),
    content: async (of: Repository, file: string, ref: string | undefined) => ContentShape.parse((await repos.getContent({ ...of, path: file, ...(ref === undefined ? {} : { ref }) })).data),
    /** Every file and folder at a ref. */
    tree: async (of: Repository, ref: string) => TreeShape.parse((await git.getTree({ ...of, tree_sha: ref, recursive: '1' })).data),
    searchCode: async (q: string, query: { per_page: number; page: number }) => {
      const { data } = await search.code({ q, ...query, mediaType: { format: 'text-match' } })
      return { total: data.total_count, items: z.array(CodeHitShape).parse(data.items) }
    },
    /** Pushes and their kin; `after` leads to the next page, which GitHub names in its Link header only. */
    activity: async (of: Repository, query: { ref?: string; actor?: string; activity_type?: z.infer<typeof ActivityShape>['activity_type']; time_period: 'day' | 'week' | 'month' | 'quarter' | 'year'; per_page: number; after?: string }) => {
      const { data, headers } = await repos.listActivities({ ...of, ...query })
      const next = /[?&]after=([^&>]+)[^>]*>; rel="next"/.exec(headers.link ?? '')?.[1]
      return { items: z.array(ActivityShape).parse(data), cursor: next === undefined ? undefined : decodeURIComponent(next) }
    },
  }
}

/** Pull requests and issues with what was said on them. */
function pullReads({ repos, pulls, issues, search }: Rest) {
  return {
    pulls: async (of: Repository, query: PageOf & { state: 'open' | 'closed' | 'all' }) => z.array(PullShape).parse((await pulls.list({ ...of, ...query, sort: 'updated', direction: 'desc' })).data),
    pull: async (of: Repository, number: number) => PullDetailShape.parse((await pulls.get({ ...of, pull_number: number })).data),
    reviews: async (of: Repository, number: number) => z.array(ReviewShape).parse((await pulls.listReviews({ ...of, pull_number: number, per_page: 100 })).data),
    comments: async (of: Repository, number: number) => z.array(CommentShape).parse((await issues.listComments({ ...of, issue_number: number, per_page: 100 })).data),
    pullFiles: async (of: Repository, number: number, query: PageOf) => z.array(FileShape).parse((await pulls.listFiles({ ...of, pull_number: number, ...query })).data),
    commitPulls: async (of: Repository, sha: string) => z.array(PullShape).parse((await repos.listPullRequestsAssociatedWithCommit({ ...of, commit_sha: sha, per_page: 30 })).data),
    searchIssues: async (q: string, query: PageOf) => {
      const { data } = await search.issuesAndPullRequests({ q, ...query, sort: 'updated', order: 'desc' })
      return { total: data.total_count, items: z.array(IssueHitShape).parse(data.items) }
    },
  }
}

/** What was built, checked, released and deployed. */
function deliveryReads({ repos, actions, checks }: Rest) {
  return {
    deployments: async (of: Repository, query: PageOf & { environment?: string; sha?: string }) => z.array(DeploymentShape).parse((await repos.listDeployments({ ...of, ...query })).data),
    deployment: async (of: Repository, id: number) => DeploymentShape.parse((await repos.getDeployment({ ...of, deployment_id: id })).data),
    deploymentStatuses: async (of: Repository, id: number, most: number) => z.array(DeploymentStatusShape).parse((await repos.listDeploymentStatuses({ ...of, deployment_id: id, per_page: most })).data),
    environments: async (of: Repository, query: PageOf) => z.array(EnvironmentShape).parse((await repos.getAllEnvironments({ ...of, ...query })).data.environments),
    runs: async (of: Repository, query: PageOf & { branch?: string; head_sha?: string; created?: string }) => z.array(RunShape).parse((await actions.listWorkflowRunsForRepo({ ...of, ...query })).data.workflow_runs),
    jobs: async (of: Repository, runId: number, query: PageOf) => z.array(JobShape).parse((await actions.listJobsForWorkflowRun({ ...of, run_id: runId, ...query })).data.jobs),
    checkRuns: async (of: Repository, sha: string, query: PageOf) => {
      const { data } = await checks.listForRef({ ...of, ref: sha, ...query })
      return { total: data.total_count, items: z.array(CheckRunShape).parse(data.check_runs) }
    },
    combinedStatus: async (of: Repository, sha: string) => CombinedStatusShape.parse((await repos.getCombinedStatusForRef({ ...of, ref: sha, per_page: 100 })).data),
    releases: async (of: Repository, query: PageOf) => z.array(ReleaseShape).parse((await repos.listReleases({ ...of, ...query })).data),
    tags: async (of: Repository) => z.array(TagShape).parse((await repos.listTags({ ...of, per_page: 100 })).data),
  }
}

/** GraphQL answers 200 and lists what went wrong; a thing that is not there is an empty answer here. */
function graphqlFailure(error: unknown): unknown {
  if (!(error instanceof GraphqlResponseError)) throw error
  const types = (error.errors ?? []).map(({ type }) => type)
  if (types.length > 0 && types.every((type) => type === 'NOT_FOUND')) return { repository: null }
  if (types.includes('RATE_LIMITED')) fail('rate_limited', 'GitHub’s limit for GraphQL is used up; ask again later.')
  if (types.includes('FORBIDDEN')) fail('forbidden', 'GitHub does not let this token read that by GraphQL; whoever runs Foreman must widen its read scopes.')
  return fail('bad_response', 'GitHub’s GraphQL answered with errors instead of data.')
}

function repositoryScope(names: readonly string[]) {
  const all = names.map((fullName): Repository => {
    const [owner = '', repo = ''] = fullName.split('/')
    return { owner, repo, fullName }
  })
  const find = (name: string): Repository => {
    const wanted = name.toLowerCase().replace(/^https?:\/\/[^/]+\//, '').replace(/\.git$/, '')
    const matching = all.filter(({ fullName, repo }) => fullName.toLowerCase() === wanted || repo.toLowerCase() === wanted)
    const [only] = matching
    if (only === undefined || matching.length > 1) return fail('invalid_input', `repository: "${name}" is not one that may be read. Readable: ${names.join(', ').slice(0, 400)}.`)
    return only
  }
  return {
    /** The named repository, or all of them when none is named. */
    repositories: (name: string | undefined): readonly Repository[] => (name === undefined ? all : [find(name)]),
    /** The named repository, or the only one there is. */
    repository: (name: string | undefined): Repository => {
      if (name !== undefined) return find(name)
      const [only] = all
      return only !== undefined && all.length === 1 ? only : fail('invalid_input', `repository: say which one. Readable: ${names.join(', ').slice(0, 400)}.`)
    },
  }
}

/** The last bytes of a job's log, read as a stream so that a log of any length costs the same memory. */
async function readTail(connection: GithubConnection, guarded: typeof fetch, { of, jobId, mostBytes }: { of: Repository; jobId: string; mostBytes: number }): Promise<{ text: string; cut: boolean }> {
  const response = await guarded(`${connection.baseUrl.replace(/\/$/, '')}${path`/repos/${of.owner}/${of.repo}/actions/jobs/${jobId}/logs`}`, { headers: { authorization: `Bearer ${connection.token}` } })
  if (!response.ok) {
    await response.body?.cancel()
    const { kind, message, ...rest } = failureOfStatus(response.status, 'GitHub', { headers: response.headers, what: `the log of job ${jobId}` })
    fail(kind, message, rest)
  }
  if (response.headers.get('content-type')?.includes('html') === true) fail('bad_response', `GitHub answered the log of job ${jobId} with a web page: a proxy or login page may stand before it.`)
  const chunks: Uint8Array[] = []
  let kept = 0
  let cut = false
  const body: AsyncIterable<Uint8Array> | null = response.body
  for await (const chunk of body ?? []) {
    chunks.push(chunk)
    kept += chunk.byteLength
    while (kept - (chunks[0]?.byteLength ?? 0) >= mostBytes) {
      kept -= chunks.shift()?.byteLength ?? 0
      cut = true
    }
  }
  return { text: new TextDecoder().decode(Buffer.concat(chunks)), cut }
}
