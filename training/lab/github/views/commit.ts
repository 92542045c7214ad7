import type { GithubCommit } from '../../../../src/core/world/github.ts'
import type { World } from '../../../../src/core/world/world.ts'
import { blobSha, foldersOf } from '../git/objects.ts'
import type { FileChange } from '../git/patches.ts'
import { githubTime, nodeId } from '../responses.ts'
import type { Repo } from '../state.ts'
import { gitIdentity, userView } from './user.ts'

const unsigned = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }

/** A commit, as lists show it. */
export function commitView(world: World, repo: Repo, commit: GithubCommit): Record<string, unknown> {
  const { api, html, history, root } = repo
  const identity = { ...gitIdentity(world, commit.author), date: githubTime(commit.at) }
  const tree = foldersOf(history.tree(commit)).get('')?.sha ?? ''
  const user = userView(world, commit.author, root)
  return {
    sha: commit.sha, node_id: nodeId('Commit', commit.sha), url: `${api}/commits/${commit.sha}`, html_url: `${html}/commit/${commit.sha}`, comments_url: `${api}/commits/${commit.sha}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.sha}`, author: identity, committer: identity, message: commit.message, tree: { url: `${api}/git/trees/${tree}`, sha: tree }, comment_count: 0, verification: unsigned,
    },
    author: user, committer: user,
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${html}/commit/${sha}` })),
  }
}

/** One changed file; addresses point at the file as `ref` has it. */
export function fileView({ api, html }: Repo, change: FileChange, ref: string): Record<string, unknown> {
  const path = change.filename.split('/').map(encodeURIComponent).join('/')
  return {
    sha: blobSha(change.status === 'removed' ? change.before : change.after), filename: change.filename, status: change.status, additions: change.additions, deletions: change.deletions,
    changes: change.additions + change.deletions, blob_url: `${html}/blob/${ref}/${path}`, raw_url: `${html}/raw/${ref}/${path}`, contents_url: `${api}/contents/${path}?ref=${ref}`,
    ...(change.patch === '' ? {} : { patch: change.patch }), ...(change.previous === undefined ? {} : { previous_filename: change.previous }),
  }
}

/** A commit with its numbers and the files of one page. */
export function commitDetail(world: World, repo: Repo, commit: GithubCommit, files: readonly FileChange[]): Record<string, unknown> {
  const all = repo.history.changes(commit)
  const additions = all.reduce((sum, file) => sum + file.additions, 0)
  const deletions = all.reduce((sum, file) => sum + file.deletions, 0)
  return { ...commitView(world, repo, commit), stats: { total: additions + deletions, additions, deletions }, files: files.map((file) => fileView(repo, file, commit.sha)) }
}

/** A commit as Git stores it, without GitHub's users. */
export function gitCommitView(world: World, repo: Repo, commit: GithubCommit): Record<string, unknown> {
  const view = commitView(world, repo, commit)
  const inner = view['commit'] as { author: unknown; tree: unknown }
  return {
    sha: commit.sha, node_id: view['node_id'], url: `${repo.api}/git/commits/${commit.sha}`, html_url: view['html_url'], author: inner.author, committer: inner.author, tree: inner.tree,
    message: commit.message, parents: view['parents'], verification: unsigned,
  }
}
