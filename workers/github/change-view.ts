import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { extractEntities } from '../kit/extract-entities.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip, utc } from '../kit/plain-text.ts'
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

/** The commit as a change. */
export function commitSignal(commit: Commit): Signal {
  const files = commit.files.map(({ path }) => path)
  const touched = files.length === 0 ? '' : ` changing ${files.slice(0, 5).join(', ')}${files.length > 5 ? ` and ${files.length - 5} more files` : ''}`
  return makeSignal('change', 1, `Commit ${commit.sha.slice(0, 12)} by ${commit.author} at ${utc(commit.at)} in ${commit.repository}${touched}: ${commit.message.split('\n')[0] ?? ''}`, {
    at: commit.at, about: commitEntities(commit), says: '',
  })
}

/** A changed file's patch, with a line before it that says how much. */
export function fileText({ path, status, additions, deletions, patch }: ChangedFile): string {
  return `--- ${path} (${status}, +${additions} -${deletions})\n${patch ?? '(no patch: a binary or very large file)'}`
}

const DECLARATION = /\b(?:function|def|fn|func|class|sub)\s+(?<a>[A-Za-z_]\w*)|\b(?:const|let|var)\s+(?<b>[A-Za-z_]\w*)\s*=\s*(?:async\s*)?(?:\(|function|\w+\s*=>)/g

/** What the changed lines of a patch say, one signal a file: lines taken out and put in, with the names in them. */
export function patchSignal(file: ChangedFile, commit: Pick<Commit, 'sha' | 'at'> | undefined): Signal[] {
  if (file.patch === null) return []
  const lines = file.patch.split('\n')
  const removed = lines.filter((line) => /^-(?!--)/.test(line)).map((line) => line.slice(1).trim()).filter((line) => line !== '')
  const added = lines.filter((line) => /^\+(?!\+\+)/.test(line)).map((line) => line.slice(1).trim()).filter((line) => line !== '')
  if (removed.length + added.length === 0) return []
  const shown = [...removed.slice(0, 3).map((line) => `- ${clip(line, 110)}`), ...added.slice(0, 3).map((line) => `+ ${clip(line, 110)}`)].join(' ')
  return [makeSignal('change', 1, `${file.path}: ${shown}`, {
    at: commit?.at,
    about: [{ kind: 'file', value: file.path }, ...(commit === undefined ? [] : [{ kind: 'commit' as const, value: commit.sha, at: commit.at }]), ...declaredFunctions(lines)],
    says: [...removed, ...added].slice(0, 40).join('\n'),
  })]
}

/** Functions and classes declared in the changed lines, or named by a hunk's header as the place of the change. */
export function declaredFunctions(lines: readonly string[]): Entity[] {
  return lines.filter((line) => /^(?:[-+]|@@)/.test(line)).flatMap((line) => [...line.matchAll(DECLARATION)].flatMap(({ groups }) => groups?.['a'] ?? groups?.['b'] ?? [])).map((value) => ({ kind: 'function', value }))
}
