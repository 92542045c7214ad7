import type { Context, Hono } from 'hono'
import { foldersOf, type TreeEntry } from '../git/objects.ts'
import { notFound, paramsOf } from '../responses.ts'
import { commitOf, type GithubState, type Repo } from '../state.ts'

const base = '/repos/:owner/:repo'

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** A file or folder, as listings show it. */
function entryView({ api, html, data }: Repo, entry: TreeEntry, ref: string): Record<string, unknown> {
  const file = entry.type === 'blob'
  const self = `${api}/contents/${encodePath(entry.path)}?ref=${encodeURIComponent(ref)}`
  const git = `${api}/git/${file ? 'blobs' : 'trees'}/${entry.sha}`
  const page = `${html}/${file ? 'blob' : 'tree'}/${ref}/${encodePath(entry.path)}`
  return {
    name: entry.path.split('/').at(-1), path: entry.path, sha: entry.sha, size: entry.size ?? 0, url: self, html_url: page, git_url: git,
    download_url: file ? `https://raw.githubusercontent.com/${data.owner}/${data.name}/${ref}/${encodePath(entry.path)}` : null, type: file ? 'file' : 'dir', _links: { self, git, html: page },
  }
}

/** Base64 in lines of 60 characters, as GitHub wraps it. */
function base64Lines(content: string): string {
  return `${Buffer.from(content, 'utf8').toString('base64').match(/.{1,60}/g)?.join('\n') ?? ''}\n`
}

function contentsResponse(c: Context, state: GithubState, path: string): Response {
  const repo = state.repository(c)
  const asked = paramsOf(c).get('ref')
  const ref = asked ?? repo.data.defaultBranch
  const commit = commitOf(repo, ref, () => notFound(`No commit found for the ref ${ref}`))
  const tree = repo.history.tree(commit)
  const accept = c.req.header('accept') ?? ''
  const content = tree.get(path)
  if (content !== undefined) {
    if (accept.includes('.raw')) return c.body(content, 200, { 'content-type': 'application/vnd.github.raw; charset=utf-8' })
    const parent = foldersOf(tree).get(path.split('/').slice(0, -1).join('/'))
    const entry = parent?.entries.find((each) => each.path === path)
    if (entry === undefined) throw notFound()
    return c.json({ ...entryView(repo, entry, ref), content: base64Lines(content), encoding: 'base64' })
  }
  const folder = foldersOf(tree).get(path)
  if (folder === undefined) throw notFound()
  const entries = folder.entries.map((entry) => entryView(repo, entry, ref))
  if (!accept.includes('.object')) return c.json(entries)
  return c.json({ ...entryView(repo, { path, type: 'tree', sha: folder.sha, mode: '040000' }, ref), entries })
}

/** A tree by commit, ref, or its own name; with `recursive`, everything below it. */
function treeResponse(c: Context, state: GithubState): Response {
  const repo = state.repository(c)
  const wanted = c.req.param('sha') ?? ''
  const [ref = '', below = ''] = wanted.split(':')
  const commit = repo.history.resolve(ref) ?? repo.data.commits.find((each) => [...foldersOf(repo.history.tree(each)).values()].some((folder) => folder.sha === ref))
  if (commit === undefined) throw notFound()
  const folders = foldersOf(repo.history.tree(commit))
  const at = [...folders].find(([, folder]) => folder.sha === ref)?.[0] ?? below
  const folder = folders.get(at)
  if (folder === undefined) throw notFound()
  const recursive = paramsOf(c).get('recursive')
  const entries = recursive === null || recursive === '0' || recursive === 'false' ? folder.entries : everythingIn(folder.entries, folders)
  const prefix = at === '' ? 0 : at.length + 1
  return c.json({
    sha: folder.sha, url: `${repo.api}/git/trees/${folder.sha}`, truncated: false,
    tree: entries.map(({ path, mode, type, sha, size }) => ({ path: path.slice(prefix), mode, type, sha, ...(size === undefined ? {} : { size }), url: `${repo.api}/git/${type}s/${sha}` })),
  })
}

function everythingIn(entries: readonly TreeEntry[], folders: ReturnType<typeof foldersOf>): TreeEntry[] {
  return entries.flatMap((entry) => (entry.type === 'blob' ? [entry] : [entry, ...everythingIn(folders.get(entry.path)?.entries ?? [], folders)]))
}

function blobResponse(c: Context, state: GithubState): Response {
  const repo = state.repository(c)
  const wanted = c.req.param('sha') ?? ''
  for (const commit of repo.data.commits) {
    const tree = repo.history.tree(commit)
    for (const { entries } of foldersOf(tree).values()) {
      const content = tree.get(entries.find((entry) => entry.type === 'blob' && entry.sha === wanted)?.path ?? '')
      if (content !== undefined) return c.json({ sha: wanted, node_id: `B_${wanted}`, size: Buffer.byteLength(content), url: `${repo.api}/git/blobs/${wanted}`, content: base64Lines(content), encoding: 'base64' })
    }
  }
  throw notFound()
}

/** Files and folders at any ref, trees and blobs. */
export function addContentRoutes(app: Hono, state: GithubState): void {
  app.get(`${base}/contents`, (c) => contentsResponse(c, state, ''))
  app.get(`${base}/contents/:path{.*}`, (c) => contentsResponse(c, state, c.req.param('path').replace(/^\/|\/$/g, '')))
  app.get(`${base}/readme`, (c) => contentsResponse(c, state, 'README.md'))
  app.get(`${base}/git/trees/:sha{.+}`, (c) => treeResponse(c, state))
  app.get(`${base}/git/blobs/:sha`, (c) => blobResponse(c, state))
}
