import type { Context, Hono } from 'hono'
import type { GithubCommit } from '../../../../src/core/world/github.ts'
import { blobSha } from '../git/objects.ts'
import { pageResponse, paramsOf } from '../responses.ts'
import { allowsRepository, containsAll, inRange, parseQuery, type SearchQuery } from '../search-query.ts'
import type { GithubState, Repo } from '../state.ts'
import { commitView } from '../views/commit.ts'
import { closedAt, issueView, lastTouched, type Issue, type Pull } from '../views/issue.ts'
import { languageOfPath, minimalRepository, repositoryView } from '../views/repository.ts'
import { gitIdentity } from '../views/user.ts'

type Check<T> = (value: string, item: T) => boolean

/** Whether an item passes every qualifier that is known; GitHub takes unknown ones as words, which find nothing. */
function passes<T>({ qualifiers }: SearchQuery, checks: Readonly<Record<string, Check<T>>>, item: T): boolean {
  return qualifiers.every(({ name, value, negated }) => {
    const check = checks[name]
    return check === undefined ? ['repo', 'org', 'user', 'in', 'sort'].includes(name) : check(value, item) !== negated
  })
}

interface CodeHit {
  readonly repo: Repo
  readonly path: string
  readonly content: string
  readonly ref: string
}

const codeChecks: Readonly<Record<string, Check<CodeHit>>> = {
  path: (value, { path }) => path.includes(value.replace(/^\//, '')),
  filename: (value, { path }) => (path.split('/').at(-1) ?? '').includes(value),
  extension: (value, { path }) => path.endsWith(`.${value.replace(/^\./, '')}`),
  language: (value, { path }) => languageOfPath(path)?.toLowerCase() === value.toLowerCase(),
  size: () => true,
}

/** Where the terms occur in a file: up to three lines with their places in them. */
function textMatches({ repo, path, content }: CodeHit, terms: readonly string[]): Record<string, unknown>[] {
  const lines = content.split('\n').filter((line) => terms.some((term) => line.toLowerCase().includes(term))).slice(0, 3)
  return lines.map((fragment) => ({
    object_url: `${repo.api}/contents/${path}`, object_type: 'FileContent', property: 'content', fragment,
    matches: terms.flatMap((term) => { const at = fragment.toLowerCase().indexOf(term); return at < 0 ? [] : [{ text: fragment.slice(at, at + term.length), indices: [at, at + term.length] }] }),
  }))
}

function codeSearch(c: Context, state: GithubState): Response {
  const query = parseQuery(paramsOf(c).get('q'))
  const hits = state.repositories(c).filter((repo) => allowsRepository(query, repo.data.owner, repo.fullName)).flatMap((repo) => {
    const head = repo.history.resolve(repo.data.defaultBranch)
    return head === undefined ? [] : [...repo.history.tree(head)].map(([path, content]): CodeHit => ({ repo, path, content, ref: head.sha }))
  }).filter((hit) => containsAll(query.terms, [hit.path, hit.content]) && passes(query, codeChecks, hit))
  const withMatches = (c.req.header('accept') ?? '').includes('text-match')
  return pageResponse(c, hits, (hit) => {
    const { repo, path, ref } = hit
    const sha = blobSha(hit.content)
    return {
      name: path.split('/').at(-1), path, sha, url: `${repo.api}/contents/${path}?ref=${ref}`, git_url: `${repo.api}/git/blobs/${sha}`, html_url: `${repo.html}/blob/${ref}/${path}`,
      repository: minimalRepository(state.world, repo), score: 1, ...(withMatches ? { text_matches: textMatches(hit, query.terms) } : {}),
    }
  }, (items) => ({ total_count: hits.length, incomplete_results: false, items }))
}

function isPull(item: Issue | Pull): item is Pull {
  return 'head' in item
}

const issueChecks: Readonly<Record<string, Check<Issue | Pull>>> = {
  is: (value, item) => ({ issue: !isPull(item), pr: isPull(item), 'pull-request': isPull(item), open: item.state === 'open', closed: item.state === 'closed', merged: isPull(item) && item.mergedAt !== null, unmerged: isPull(item) && item.mergedAt === null, private: true }[value] ?? false),
  type: (value, item) => isPull(item) === (value === 'pr'),
  state: (value, item) => item.state === value,
  author: (value, item) => item.author === value,
  involves: (value, item) => item.author === value || item.comments.some((comment) => comment.author === value),
  commenter: (value, item) => item.comments.some((comment) => comment.author === value),
  label: (value, item) => value.split(',').some((label) => item.labels.includes(label)),
  created: (value, item) => inRange(value, item.createdAt),
  updated: (value, item) => inRange(value, lastTouched(item)),
  closed: (value, item) => inRange(value, closedAt(item)),
  merged: (value, item) => isPull(item) && inRange(value, item.mergedAt),
  head: (value, item) => isPull(item) && item.head.ref.startsWith(value),
  base: (value, item) => isPull(item) && item.base === value,
  sha: (value, item) => isPull(item) && (item.head.sha.startsWith(value) || item.mergeSha?.startsWith(value) === true),
}

function issueSearch(c: Context, state: GithubState): Response {
  const params = paramsOf(c)
  const query = parseQuery(params.get('q'))
  const hits = state.repositories(c).filter((repo) => allowsRepository(query, repo.data.owner, repo.fullName)).flatMap((repo) =>
    [...repo.data.issues, ...repo.data.pulls].map((item: Issue | Pull) => ({ repo, item })))
    .filter(({ item }) => containsAll(query.terms, [item.title, item.body, ...item.comments.map((comment) => comment.body)]) && passes(query, issueChecks, item))
  const key = ({ item }: { item: Issue | Pull }): number => (params.get('sort') === 'comments' ? item.comments.length : Date.parse(params.get('sort') === 'updated' ? lastTouched(item) : item.createdAt))
  hits.sort((one, other) => (key(other) - key(one)) * (params.get('order') === 'asc' ? -1 : 1))
  return pageResponse(c, hits, ({ repo, item }) => ({ ...issueView(state.world, repo, item), score: 1 }), (items) => ({ total_count: hits.length, incomplete_results: false, search_type: 'lexical', items }))
}

function commitSearch(c: Context, state: GithubState): Response {
  const params = paramsOf(c)
  const query = parseQuery(params.get('q'))
  const identity = (login: string) => gitIdentity(state.world, login)
  const checks: Readonly<Record<string, Check<GithubCommit>>> = {
    author: (value, commit) => commit.author === value, committer: (value, commit) => commit.author === value,
    'author-email': (value, commit) => identity(commit.author).email === value, 'author-name': (value, commit) => identity(commit.author).name === value,
    'author-date': (value, commit) => inRange(value, commit.at), 'committer-date': (value, commit) => inRange(value, commit.at),
    merge: (value, commit) => (commit.parents.length > 1) === (value === 'true'), hash: (value, commit) => commit.sha.startsWith(value), parent: (value, commit) => commit.parents.includes(value),
    is: () => true,
  }
  // Search knows the default branch only.
  const hits = state.repositories(c).filter((repo) => allowsRepository(query, repo.data.owner, repo.fullName)).flatMap((repo) => {
    const head = repo.history.resolve(repo.data.defaultBranch)
    return head === undefined ? [] : repo.history.log(head).map((commit) => ({ repo, commit }))
  }).filter(({ commit }) => containsAll(query.terms, [commit.message]) && passes(query, checks, commit))
  hits.sort((one, other) => (Date.parse(other.commit.at) - Date.parse(one.commit.at)) * (params.get('order') === 'asc' ? -1 : 1))
  return pageResponse(c, hits, ({ repo, commit }) => ({ ...commitView(state.world, repo, commit), repository: minimalRepository(state.world, repo), score: 1 }), (items) => ({ total_count: hits.length, incomplete_results: false, items }))
}

/** Search over code, issues with pull requests, commits and repositories. */
export function addSearchRoutes(app: Hono, state: GithubState): void {
  app.get('/search/code', (c) => codeSearch(c, state))
  app.get('/search/issues', (c) => issueSearch(c, state))
  app.get('/search/commits', (c) => commitSearch(c, state))
  app.get('/search/repositories', (c) => {
    const query = parseQuery(paramsOf(c).get('q'))
    const hits = state.repositories(c).filter((repo) => allowsRepository(query, repo.data.owner, repo.fullName) && containsAll(query.terms, [repo.fullName, repo.data.description]))
    return pageResponse(c, hits, (repo) => ({ ...repositoryView(state.world, repo), score: 1 }), (items) => ({ total_count: hits.length, incomplete_results: false, items }))
  })
}
