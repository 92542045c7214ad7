import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip, utc } from '../kit/plain-text.ts'
import type { PullShape } from './shapes.ts'

/** A pull request as the tools give it back. */
export const Pull = z.object({
  number: z.number(), repository: z.string(), title: z.string(), author: z.string(), state: z.enum(['open', 'closed', 'merged']), createdAt: z.string(), updatedAt: z.string(), mergedAt: z.string().nullable(),
  mergeCommit: z.string().nullable(), head: z.string(), headSha: z.string(), base: z.string(), body: z.string(), url: z.string().nullable(),
})
export type Pull = z.infer<typeof Pull>

/** GitHub's pull request as ours; long bodies are cut. */
export function pullOf(pull: PullShape, repository: string): Pull {
  return {
    number: pull.number, repository, title: pull.title, author: pull.user?.login ?? 'unknown', state: typeof pull.merged_at === 'string' ? 'merged' : pull.state === 'open' ? 'open' : 'closed',
    createdAt: pull.created_at, updatedAt: pull.updated_at, mergedAt: pull.merged_at ?? null, mergeCommit: pull.merge_commit_sha ?? null, head: pull.head.ref, headSha: pull.head.sha, base: pull.base.ref,
    body: (pull.body ?? '').slice(0, 2_000), url: pull.html_url ?? null,
  }
}

/** The pull request for reading: its line, and what its author says of it. */
export function pullText(pull: Pull): string {
  return `${pullLine(pull)}${pull.body === '' ? '' : `\n    ${clip(pull.body, 300)}`}`
}

/** The pull request as a change: one that is merged did change something. */
export function pullSignal(pull: Pull): Signal {
  return makeSignal('change', pull.state === 'merged' ? 1 : 0, `Pull request ${pullTitle(pull)}`, { at: pullMoment(pull), about: pullEntities(pull), says: `${pull.title}\n${pull.body}` })
}

/** When it was merged, or else last changed. */
export function pullMoment({ mergedAt, updatedAt }: Pull): string {
  return mergedAt ?? updatedAt
}

/** The pull request as one line of text. */
export function pullLine(pull: Pull): string {
  return `${pullTitle(pull)} (${pull.head} into ${pull.base})`
}

function pullTitle(pull: Pull): string {
  const merged = pull.mergedAt === null ? '' : ` at ${utc(pull.mergedAt)}${pull.mergeCommit === null ? '' : ` as ${pull.mergeCommit.slice(0, 12)}`}`
  return `#${pull.number} [${pull.repository}] ${pull.state}${merged} by ${pull.author}: ${clip(pull.title, 160)}`
}

/** The pull request with its repository, author, branch and commits. */
export function pullEntities(pull: Pull): Entity[] {
  return [
    { kind: 'pull_request', value: `#${pull.number}`, label: clip(pull.title, 150), at: pullMoment(pull) }, { kind: 'repository', value: pull.repository }, { kind: 'user', value: pull.author },
    { kind: 'branch', value: pull.head }, ...(pull.mergeCommit === null || pull.mergedAt === null ? [] : [{ kind: 'commit' as const, value: pull.mergeCommit, at: pull.mergedAt }]), { kind: 'commit', value: pull.headSha },
  ]
}
