import { z } from 'zod'

/** GitHub's answers about code, pull requests and issues, as far as the tools read them. Source: GitHub's public OpenAPI document. */
const Text = z.string().nullish()
const Login = z.object({ login: z.string() }).nullish()

export const FileShape = z.object({
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
export type PullShape = z.output<typeof PullShape>

export const PullDetailShape = PullShape.extend({
  merged_by: Login, draft: z.boolean().nullish(), mergeable_state: Text, commits: z.number().nullish(), additions: z.number().nullish(), deletions: z.number().nullish(), changed_files: z.number().nullish(),
})
export const ReviewShape = z.object({ user: Login, state: z.string(), body: Text, submitted_at: Text })
export const CommentShape = z.object({ user: Login, body: Text, created_at: z.string() })

/** An issue, or a pull request in an issue's clothes. */
export const IssueHitShape = z.object({
  number: z.number(), repository_url: z.string(), title: z.string(), body: Text, state: z.string(), user: Login, html_url: Text, created_at: z.string(), updated_at: z.string(), closed_at: Text,
  labels: z.array(z.union([z.string(), z.object({ name: Text }).transform(({ name }) => name ?? '')])).default([]), pull_request: z.object({ merged_at: Text }).nullish(),
})
export type IssueHitShape = z.output<typeof IssueHitShape>

export const TreeShape = z.object({ sha: z.string(), truncated: z.boolean().default(false), tree: z.array(z.object({ path: z.string(), type: z.string(), size: z.number().nullish() })) })

export const ActivityShape = z.object({
  id: z.number(), activity_type: z.enum(['push', 'force_push', 'branch_creation', 'branch_deletion', 'pr_merge', 'merge_queue_merge']), actor: Login, timestamp: z.string(), ref: z.string(), before: z.string(), after: z.string(),
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
