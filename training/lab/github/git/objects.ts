import { createHash } from 'node:crypto'

/** A path's whole content at one commit. */
export type Tree = ReadonlyMap<string, string>

function gitHash(type: 'blob' | 'tree', body: Buffer): string {
  return createHash('sha1').update(`${type} ${body.length}\0`).update(body).digest('hex')
}

/** Git's own name for a file's content. */
export function blobSha(content: string): string {
  return gitHash('blob', Buffer.from(content, 'utf8'))
}

/** One line of a tree listing: a file or a folder. */
export interface TreeEntry {
  readonly path: string
  readonly type: 'blob' | 'tree'
  readonly sha: string
  readonly mode: '100644' | '040000'
  readonly size?: number
}

/** A folder with its own entries, files and folders in Git's order. */
interface Folder {
  readonly sha: string
  readonly entries: readonly TreeEntry[]
}

/** Every folder of a tree by its path ('' is the root), named and ordered as Git names and orders them. */
export function foldersOf(tree: Tree): ReadonlyMap<string, Folder> {
  const folders = new Map<string, Folder>()
  buildFolder('', [...tree], folders)
  return folders
}

function buildFolder(at: string, files: readonly (readonly [path: string, content: string])[], folders: Map<string, Folder>): string {
  const prefix = at === '' ? '' : `${at}/`
  const byName = Map.groupBy(files, ([path]) => path.slice(prefix.length).split('/')[0] ?? '')
  const entries = [...byName].map(([name, members]): TreeEntry => {
    const path = `${prefix}${name}`
    const file = members.find(([each]) => each === path)
    if (file === undefined) return { path, type: 'tree', mode: '040000', sha: buildFolder(path, members, folders) }
    return { path, type: 'blob', mode: '100644', sha: blobSha(file[1]), size: Buffer.byteLength(file[1]) }
  })
  // Git sorts a folder as if its name ended in a slash.
  const sortKey = (entry: TreeEntry): string => (entry.type === 'tree' ? `${entry.path}/` : entry.path)
  entries.sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1))
  const body = Buffer.concat(entries.flatMap((entry) => [Buffer.from(`${entry.mode.replace(/^0/, '')} ${entry.path.slice(prefix.length)}\0`), Buffer.from(entry.sha, 'hex')]))
  const sha = gitHash('tree', body)
  folders.set(at, { sha, entries })
  return sha
}
