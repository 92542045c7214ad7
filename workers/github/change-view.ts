import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { extractEntities } from '../kit/extract-entities.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip, utc } from '../kit/plain-text.ts'
import { isUnrun, patchSignals, telling } from './patch-signal.ts'
import type { CommitShape, FileShape } from './shapes.ts'

const ChangedFile = z.object({ path: z.string(), status: z.string(), additions: z.number(), deletions: z.number(), patch: z.string().nullable() })
export type ChangedFile = z.infer<typeof ChangedFile>

/** A commit as the tools give it back. `files` is empty where GitHub was not asked for them. */
export const Commit = z.object({
  sha: z.string(), repository: z.string(), author: z.string(), at: z.string(), message: z.string(), parents: z.array(z.string()), files: z.array(ChangedFile), url: z.string().nullable(),
})
export type Commit = z.infer<typeof Commit>

const MOST_PATCH = 6_000

/** GitHub's commit as ours. */
export function toCommit(commit: CommitShape, repository: string): Commit {
  return {
    sha: commit.sha, repository, author: commit.author?.login ?? commit.commit.author?.name ?? 'unknown', at: commit.commit.committer?.date ?? commit.commit.author?.date ?? '',
    message: commit.commit.message, parents: commit.parents.map(({ sha }) => sha), files: (commit.files ?? []).map(toChangedFile), url: commit.html_url ?? null,
  }
}

/** GitHub's changed file as ours; long patches are cut. */
export function toChangedFile(file: FileShape): ChangedFile {
  return {
    path: file.filename, status: file.previous_filename === undefined ? (file.status ?? 'modified') : `renamed from ${file.previous_filename}`, additions: file.additions, deletions: file.deletions,
    patch: file.patch === undefined ? null : file.patch.slice(0, MOST_PATCH),
  }
}

/** The commit as one line: who, when, what, which files. */
export function commitLine(commit: Commit): string {
  const files = commit.files.map(({ path, additions, deletions }) => `${path} +${additions} -${deletions}`)
  return `${commit.sha.slice(0, 12)} ${utc(commit.at)} ${commit.author} [${commit.repository}] ${clip(commit.message.split('\n')[0] ?? '', 160)}${files.length === 0 ? '' : ` | ${files.slice(0, 8).join(', ')}${files.length > 8 ? `, … ${files.length} files` : ''}`}`
}

/** The commit, its author, its repository, its files, and what its message names. */
export function commitEntities(commit: Commit): Entity[] {
  return [
    { kind: 'commit', value: commit.sha, label: clip(commit.message, 150), at: commit.at },
    ...commit.files.slice(0, 12).map(({ path }): Entity => ({ kind: 'file', value: path })),
    { kind: 'user', value: commit.author },
    { kind: 'repository', value: commit.repository },
    ...pullNumbers(commit.message),
    ...extractEntities(commit.message),
  ]
}

function pullNumbers(message: string): Entity[] {
  return [...message.matchAll(/(?:pull request |\()#(\d+)\)?/gi)].map(([, number]) => ({ kind: 'pull_request', value: `#${number}` }))
}

/** The commit as a change; one of documents, tests and the like only is none to suspect. */
export function commitSignal(commit: Commit): Signal {
  const files = commit.files.map(({ path }) => path)
  const touched = files.length === 0 ? '' : ` changing ${files.slice(0, 5).join(', ')}${files.length > 5 ? ` and ${files.length - 5} more files` : ''}`
  const harmless = files.length > 0 && files.every(isUnrun)
  return makeSignal('change', harmless ? 0 : 1, `Commit ${commit.sha.slice(0, 12)} by ${commit.author} at ${utc(commit.at)} in ${commit.repository}${touched}${harmless ? ', nothing that runs' : ''}: ${commit.message.split('\n')[0] ?? ''}`, {
    at: commit.at, about: commitEntities(commit), says: '',
  })
}

/** A changed file's patch, with a line before it that says how much. */
export function fileText({ path, status, additions, deletions, patch }: ChangedFile): string {
  return `--- ${path} (${status}, +${additions} -${deletions})\n${patch ?? '(no patch: a binary or very large file)'}`
}

/** The most telling changed lines of some of a commit's files, of files that run before others. */
export function commitPatchSignals(commit: Commit, files: readonly ChangedFile[]): Signal[] {
  const owner = { name: `${commit.sha.slice(0, 12)} `, at: commit.at, about: [{ kind: 'commit' as const, value: commit.sha, at: commit.at }] }
  return files.toSorted((a, b) => telling(b.path) - telling(a.path)).flatMap((file) => patchSignals(file, owner))
}
