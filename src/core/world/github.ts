import { z } from 'zod'

const Time = z.iso.datetime({ offset: true })
const Sha = z.string().regex(/^[0-9a-f]{40}$/)

/**
 * One commit. `files` maps a path to its whole content after the commit, or null when the commit removes it;
 * diffs, trees, blame and file contents at any ref are derived from these, so they cannot disagree.
 */
export const GithubCommit = z.object({
  sha: Sha,
  parents: z.array(Sha),
  author: z.string(),
  at: Time,
  message: z.string(),
  files: z.record(z.string(), z.string().nullable()),
})
export type GithubCommit = z.infer<typeof GithubCommit>

const Comment = z.object({ id: z.number().int(), author: z.string(), at: Time, body: z.string() })

/** Authors are logins of the world's people. Numbers are shared by issues and pulls, as on GitHub. */
export const GithubRepository = z.object({
  owner: z.string(),
  name: z.string(),
  id: z.number().int(),
  private: z.boolean().default(true),
  defaultBranch: z.string().default('main'),
  description: z.string().default(''),
  createdAt: Time,
  branches: z.array(z.object({ name: z.string(), sha: Sha, protected: z.boolean().default(false) })),
  tags: z.array(z.object({ name: z.string(), sha: Sha })).default([]),
  commits: z.array(GithubCommit).min(1),
  pulls: z.array(z.object({
    number: z.number().int(), title: z.string(), body: z.string().default(''), author: z.string(), state: z.enum(['open', 'closed']), createdAt: Time,
    mergedAt: Time.nullable().default(null), mergeSha: Sha.nullable().default(null), head: z.object({ ref: z.string(), sha: Sha }), base: z.string().default('main'),
    labels: z.array(z.string()).default([]),
    reviews: z.array(z.object({ id: z.number().int(), author: z.string(), state: z.string(), at: Time, body: z.string().default('') })).default([]),
    comments: z.array(Comment).default([]),
  })).default([]),
  issues: z.array(z.object({
    number: z.number().int(), title: z.string(), body: z.string().default(''), author: z.string(), state: z.enum(['open', 'closed']), createdAt: Time, closedAt: Time.nullable().default(null),
    labels: z.array(z.string()).default([]), comments: z.array(Comment).default([]),
  })).default([]),
  deployments: z.array(z.object({
    id: z.number().int(), sha: Sha, ref: z.string(), environment: z.string(), creator: z.string(), createdAt: Time, description: z.string().default(''),
    statuses: z.array(z.object({ id: z.number().int(), state: z.string(), at: Time, description: z.string().default(''), logUrl: z.string().default('') })),
  })).default([]),
  environments: z.array(z.string()).default([]),
  workflowRuns: z.array(z.object({
    id: z.number().int(), name: z.string(), path: z.string(), event: z.string(), sha: Sha, branch: z.string(), actor: z.string(), status: z.enum(['queued', 'in_progress', 'completed']),
    conclusion: z.string().nullable(), createdAt: Time, updatedAt: Time,
    jobs: z.array(z.object({
      id: z.number().int(), name: z.string(), status: z.string(), conclusion: z.string().nullable(), startedAt: Time, completedAt: Time.nullable(),
      steps: z.array(z.object({ name: z.string(), conclusion: z.string().nullable() })).default([]), log: z.string().default(''),
    })).default([]),
  })).default([]),
  releases: z.array(z.object({ id: z.number().int(), tag: z.string(), name: z.string(), body: z.string().default(''), author: z.string(), at: Time, prerelease: z.boolean().default(false) })).default([]),
  activity: z.array(z.object({ id: z.number().int(), type: z.enum(['push', 'force_push', 'branch_creation', 'branch_deletion', 'pr_merge', 'merge_queue_merge']), actor: z.string(), at: Time, ref: z.string(), before: Sha, after: Sha })).default([]),
})
export type GithubRepository = z.infer<typeof GithubRepository>

/** `github.json` */
export const GithubWorld = z.object({ repositories: z.array(GithubRepository) })
export type GithubWorld = z.infer<typeof GithubWorld>
