import type { GithubRepository } from '../../../src/core/world/github.ts'
import { connection, type Page } from './graphql-connection.ts'
import { githubTime, nodeId } from './responses.ts'
import type { Repo } from './state.ts'
import { labelView, lastTouched, type Issue } from './views/issue.ts'

/** Issues, labels and releases as docs.github.com/graphql types them, as far as GitHub's command line lists them. */
export const listsSchema = `
  enum OrderDirection { ASC DESC }
  enum IssueOrderField { CREATED_AT UPDATED_AT COMMENTS }
  input IssueOrder { field: IssueOrderField! direction: OrderDirection! }
  enum LabelOrderField { NAME CREATED_AT ISSUE_COUNT }
  input LabelOrder { field: LabelOrderField! direction: OrderDirection! }
  enum ReleaseOrderField { CREATED_AT NAME }
  input ReleaseOrder { field: ReleaseOrderField! direction: OrderDirection! }
  input IssueFilters { assignee: String createdBy: String mentioned: String labels: [String!] states: [IssueState!] since: DateTime }
  enum IssueState { OPEN CLOSED }
  enum IssueStateReason { COMPLETED NOT_PLANNED REOPENED DUPLICATE }
  type Label implements Node { id: ID! name: String! description: String color: String! isDefault: Boolean! url: URI! createdAt: DateTime }
  type LabelConnection { nodes: [Label] totalCount: Int! pageInfo: PageInfo! }
  type Issue implements Node {
    id: ID! number: Int! title: String! body: String! url: URI! state: IssueState! stateReason(enableDuplicate: Boolean): IssueStateReason createdAt: DateTime! updatedAt: DateTime! author: User
    labels(first: Int, after: String): LabelConnection
  }
  type IssueConnection { nodes: [Issue] totalCount: Int! pageInfo: PageInfo! }
  type Release implements Node {
    id: ID! databaseId: Int name: String tagName: String! description: String isDraft: Boolean! isLatest: Boolean! isPrerelease: Boolean! immutable: Boolean! createdAt: DateTime! publishedAt: DateTime url: URI! author: User
  }
  type ReleaseConnection { nodes: [Release] totalCount: Int! pageInfo: PageInfo! }
`

/** A label by its name. */
export function labelNode(repo: Repo, name: string): Record<string, unknown> {
  const { node_id: id, description, color } = labelView(repo, name)
  return { id, name, description, color, isDefault: false, url: `${repo.html}/labels/${encodeURIComponent(name)}`, createdAt: githubTime(repo.data.createdAt) }
}

/** An issue; `author` is the node of who opened it. */
export function issueNode(repo: Repo, issue: Issue, author: Record<string, unknown>): Record<string, unknown> {
  return {
    id: nodeId('Issue', issue.number), number: issue.number, title: issue.title, body: issue.body, url: `${repo.html}/issues/${issue.number}`, state: issue.state.toUpperCase(),
    stateReason: issue.state === 'open' ? null : 'COMPLETED', createdAt: githubTime(issue.createdAt), updatedAt: githubTime(lastTouched(issue)), author,
    labels: (page: Page) => connection(issue.labels.map((label) => labelNode(repo, label)), page),
  }
}

/** A release; `author` is the node of who published it. The newest one that is no pre-release is the latest. */
export function releaseNode({ html, data }: Repo, release: GithubRepository['releases'][number], author: Record<string, unknown>): Record<string, unknown> {
  const [latest] = data.releases.filter(({ prerelease }) => !prerelease).toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
  const at = githubTime(release.at)
  return {
    id: nodeId('Release', release.id), databaseId: release.id, name: release.name, tagName: release.tag, description: release.body, isDraft: false, isLatest: release === latest, isPrerelease: release.prerelease, immutable: false,
    createdAt: at, publishedAt: at, url: `${html}/releases/tag/${release.tag}`, author,
  }
}
