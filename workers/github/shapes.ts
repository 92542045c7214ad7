import { z } from 'zod'

/** GitHub's answers as far as the tools read them. Source: GitHub's public OpenAPI document. */
const Text = z.string().nullish()
const Login = z.object({ login: z.string() }).nullish()

const FileShape = z.object({
  filename: z.string(), status: Text, additions: z.number().default(0), deletions: z.number().default(0), patch: z.string().optional(), previous_filename: z.string().optional(),
})
export type FileShape = z.output<typeof FileShape>

export const CommitShape = z.object({
  sha: z.string(), html_url: Text, author: Login,
  commit: z.object({ message: z.string(), author: z.object({ name: Text, date: Text }).nullish(), committer: z.object({ date: Text }).nullish() }),
  parents: z.array(z.object({ sha: z.string() })).default([]),
  files: z.array(FileShape).optional(),
})
export type CommitShape = z.output<typeof CommitShape>

export const ComparisonShape = z.object({
  status: z.string(), ahead_by: z.number(), behind_by: z.number(), total_commits: z.number(), html_url: Text, commits: z.array(CommitShape), files: z.array(FileShape).default([]),
})

export const ContentShape = z.union([
  z.object({ type: z.literal('file'), path: z.string(), sha: z.string(), size: z.number(), encoding: Text, content: z.string(), html_url: Text }),
  z.array(z.object({ type: z.string(), path: z.string(), size: z.number().nullish() })),
])

export const PullShape = z.object({
  number: z.number(), title: z.string(), body: Text, state: z.string(), user: Login, html_url: Text, created_at: z.string(), updated_at: z.string(), merged_at: Text, merge_commit_sha: Text,
  head: z.object({ ref: z.string(), sha: z.string() }), base: z.object({ ref: z.string() }),
})

export const DeploymentShape = z.object({
  id: z.number(), sha: z.string(), ref: z.string(), environment: z.string(), description: Text, creator: Login, created_at: z.string(),
})
export const DeploymentStatusShape = z.object({ state: z.string(), description: Text, created_at: z.string(), log_url: Text })

export const RunShape = z.object({
  id: z.number(), name: Text, path: Text, event: z.string(), status: Text, conclusion: Text, head_branch: Text, head_sha: z.string(), html_url: Text, created_at: z.string(), updated_at: z.string(),
  actor: Login, run_number: z.number().nullish(),
})
export const JobShape = z.object({
  id: z.number(), name: z.string(), status: z.string(), conclusion: Text, started_at: Text, completed_at: Text,
  steps: z.array(z.object({ name: z.string(), conclusion: Text })).nullish(),
})

export const CodeHitShape = z.object({
  path: z.string(), sha: z.string(), html_url: Text, repository: z.object({ full_name: z.string() }), text_matches: z.array(z.object({ fragment: z.string().default('') })).nullish(),
})

export const BlameShape = z.object({
  repository: z.object({
    object: z.object({
      blame: z.object({
        ranges: z.array(z.object({
          startingLine: z.number(), endingLine: z.number(),
          commit: z.object({ oid: z.string(), committedDate: z.string(), messageHeadline: z.string(), author: z.object({ name: Text, user: Login }).nullish() }),
        })),
      }),
    }).partial().nullable(),
  }).nullable(),
})
