import type { GithubRepository } from '../../../../src/core/world/github.ts'
import type { World } from '../../../../src/core/world/world.ts'
import { stableHex } from '../../stable-id.ts'
import { githubTime, nodeId } from '../responses.ts'
import type { Repo } from '../state.ts'
import { userView } from './user.ts'

export type Issue = GithubRepository['issues'][number]
export type Pull = GithubRepository['pulls'][number]

/** A label; its number and colour depend on its name alone. */
export function labelView({ api }: Repo, name: string): Record<string, unknown> {
  const id = Number.parseInt(stableHex(name, 7), 16)
  return { id, node_id: nodeId('Label', id), url: `${api}/labels/${encodeURIComponent(name)}`, name, description: '', color: stableHex(name, 6), default: false }
}

/** A world names labels only where they are used, so a repository has those its issues and pull requests bear; by name. */
export function labelsOf({ data }: Repo): string[] {
  return [...new Set([...data.issues, ...data.pulls].flatMap(({ labels }) => labels))].toSorted()
}

/** When an issue or pull request last changed. */
export function lastTouched(item: Issue | Pull): string {
  const ended = 'mergedAt' in item ? item.mergedAt : item.closedAt
  const times = [item.createdAt, ...(ended === null ? [] : [ended]), ...item.comments.map((comment) => comment.at), ...('reviews' in item ? item.reviews.map((review) => review.at) : [])]
  return times.toSorted((one, other) => Date.parse(other) - Date.parse(one))[0] ?? item.createdAt
}

/** When an issue or pull request was closed; null while it is open. A pull request closed without a merge keeps no time of its own. */
export function closedAt(item: Issue | Pull): string | null {
  if (item.state === 'open') return null
  const at = 'mergedAt' in item ? (item.mergedAt ?? lastTouched(item)) : (item.closedAt ?? lastTouched(item))
  return githubTime(at)
}

/** An issue; or a pull request in an issue's clothes, as the issues API and search give it. */
export function issueView(world: World, repo: Repo, item: Issue | Pull): Record<string, unknown> {
  const { api, html, root, data } = repo
  const url = `${api}/issues/${item.number}`
  const pull = 'head' in item
  const id = data.id * 1000 + item.number
  return {
    id, node_id: nodeId('Issue', id), url, repository_url: api, labels_url: `${url}/labels{/name}`, comments_url: `${url}/comments`, events_url: `${url}/events`, timeline_url: `${url}/timeline`,
    html_url: `${html}/${pull ? 'pull' : 'issues'}/${item.number}`, number: item.number, state: item.state, state_reason: item.state === 'closed' ? 'completed' : null, title: item.title, body: item.body === '' ? null : item.body,
    user: userView(world, item.author, root), labels: item.labels.map((label) => labelView(repo, label)), assignee: null, assignees: [], milestone: null, locked: false, active_lock_reason: null,
    comments: item.comments.length, closed_at: closedAt(item), created_at: githubTime(item.createdAt), updated_at: githubTime(lastTouched(item)), closed_by: null, author_association: 'MEMBER',
    ...(pull ? { draft: false, pull_request: { url: `${api}/pulls/${item.number}`, html_url: `${html}/pull/${item.number}`, diff_url: `${html}/pull/${item.number}.diff`, patch_url: `${html}/pull/${item.number}.patch`, merged_at: item.mergedAt === null ? null : githubTime(item.mergedAt) } } : {}),
  }
}

/** A comment on an issue or pull request. */
export function commentView(world: World, { api, html, root }: Repo, item: Issue | Pull, comment: Issue['comments'][number]): Record<string, unknown> {
  const at = githubTime(comment.at)
  return {
    id: comment.id, node_id: nodeId('IssueComment', comment.id), url: `${api}/issues/comments/${comment.id}`, html_url: `${html}/issues/${item.number}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${item.number}`, user: userView(world, comment.author, root), body: comment.body, created_at: at, updated_at: at, author_association: 'MEMBER', performed_via_github_app: null,
  }
}
