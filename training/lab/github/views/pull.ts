import type { GithubCommit } from '../../../../src/core/world/github.ts'
import type { World } from '../../../../src/core/world/world.ts'
import { changesBetween, type FileChange } from '../git/patches.ts'
import { githubTime, nodeId } from '../responses.ts'
import type { Repo } from '../state.ts'
import { closedAt, issueView, labelView, lastTouched, type Pull } from './issue.ts'
import { repositoryView } from './repository.ts'
import { userView } from './user.ts'

/** The commit a pull request's branch grew from: where its head parted from the base as it was before the merge. */
function baseOf({ history, data }: Repo, pull: Pull): GithubCommit | undefined {
  const head = history.resolve(pull.head.sha)
  const merge = pull.mergeSha === null ? undefined : history.resolve(pull.mergeSha)
  const parent = merge?.parents[0]
  const base = parent === undefined ? history.resolve(pull.base) ?? history.resolve(data.defaultBranch) : history.resolve(parent)
  if (head === undefined || base === undefined) return base
  return history.mergeBase(base, head)
}

/** The commits a pull request brings, oldest first. */
export function pullCommits(repo: Repo, pull: Pull): GithubCommit[] {
  const base = baseOf(repo, pull)
  const head = repo.history.resolve(pull.head.sha)
  const behind = new Set(base === undefined ? [] : repo.history.log(base))
  return head === undefined ? [] : repo.history.log(head).filter((commit) => !behind.has(commit)).toReversed()
}

/** The files a pull request changes. */
export function pullChanges(repo: Repo, pull: Pull): FileChange[] {
  const base = baseOf(repo, pull)
  const head = repo.history.resolve(pull.head.sha)
  if (head === undefined) return []
  return changesBetween(base === undefined ? new Map() : repo.history.tree(base), repo.history.tree(head))
}

/** A pull request, as lists show it. */
export function pullView(world: World, repo: Repo, pull: Pull): Record<string, unknown> {
  const { api, html, root, data } = repo
  const url = `${api}/pulls/${pull.number}`
  const issue = issueView(world, repo, pull)
  const side = (ref: string, sha: string): Record<string, unknown> => ({ label: `${data.owner}:${ref}`, ref, sha, user: userView(world, data.owner, root), repo: repositoryView(world, repo) })
  const addresses = {
    comments: `${api}/issues/${pull.number}/comments`, commits: `${url}/commits`, statuses: `${api}/statuses/${pull.head.sha}`, html: `${html}/pull/${pull.number}`, issue: `${api}/issues/${pull.number}`,
    review_comments: `${url}/comments`, review_comment: `${api}/pulls/comments{/number}`, self: url,
  }
  return {
    url, id: issue['id'], node_id: nodeId('PullRequest', Number(issue['id'])), html_url: addresses.html, diff_url: `${addresses.html}.diff`, patch_url: `${addresses.html}.patch`, issue_url: addresses.issue,
    commits_url: addresses.commits, review_comments_url: addresses.review_comments, review_comment_url: addresses.review_comment, comments_url: addresses.comments, statuses_url: addresses.statuses,
    number: pull.number, state: pull.state, locked: false, title: pull.title, user: issue['user'], body: pull.body === '' ? null : pull.body, labels: pull.labels.map((label) => labelView(repo, label)),
    milestone: null, active_lock_reason: null, created_at: githubTime(pull.createdAt), updated_at: githubTime(lastTouched(pull)), closed_at: closedAt(pull),
    merged_at: pull.mergedAt === null ? null : githubTime(pull.mergedAt), merge_commit_sha: pull.mergeSha, assignee: null, assignees: [], requested_reviewers: [], requested_teams: [],
    head: side(pull.head.ref, pull.head.sha), base: side(pull.base, baseOf(repo, pull)?.sha ?? pull.head.sha),
    _links: Object.fromEntries(Object.entries(addresses).map(([name, href]) => [name, { href }])), author_association: 'MEMBER', auto_merge: null, draft: false,
  }
}

/** A pull request's own page. */
export function pullDetail(world: World, repo: Repo, pull: Pull): Record<string, unknown> {
  const changes = pullChanges(repo, pull)
  const merger = pull.mergeSha === null ? undefined : repo.history.resolve(pull.mergeSha)?.author
  return {
    ...pullView(world, repo, pull), merged: pull.mergedAt !== null, mergeable: pull.state === 'open' ? true : null, rebaseable: null, mergeable_state: pull.state === 'open' ? 'clean' : 'unknown',
    merged_by: merger === undefined ? null : userView(world, merger, repo.root), comments: pull.comments.length, review_comments: 0, maintainer_can_modify: false,
    commits: pullCommits(repo, pull).length, additions: changes.reduce((sum, file) => sum + file.additions, 0), deletions: changes.reduce((sum, file) => sum + file.deletions, 0), changed_files: changes.length,
  }
}

/** One review of a pull request. */
export function reviewView(world: World, { api, html, root }: Repo, pull: Pull, review: Pull['reviews'][number]): Record<string, unknown> {
  const page = `${html}/pull/${pull.number}#pullrequestreview-${review.id}`
  const url = `${api}/pulls/${pull.number}`
  return {
    id: review.id, node_id: nodeId('PullRequestReview', review.id), user: userView(world, review.author, root), body: review.body, state: review.state, html_url: page, pull_request_url: url,
    _links: { html: { href: page }, pull_request: { href: url } }, submitted_at: githubTime(review.at), commit_id: pull.head.sha, author_association: 'MEMBER',
  }
}
