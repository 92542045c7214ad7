import { z } from 'zod'

/** GitHub's answers about builds, checks, releases and deployments, as far as the tools read them. Source: GitHub's public OpenAPI document. */
const Text = z.string().nullish()
const Login = z.object({ login: z.string() }).nullish()

export const DeploymentShape = z.object({
  id: z.number(), sha: z.string(), ref: z.string(), environment: z.string(), description: Text, creator: Login, created_at: z.string(),
})
export type DeploymentShape = z.output<typeof DeploymentShape>
export const DeploymentStatusShape = z.object({ state: z.string(), description: Text, creator: Login, created_at: z.string(), log_url: Text, environment_url: Text })
export type DeploymentStatusShape = z.output<typeof DeploymentStatusShape>

/** Of a reviewer only one of the names is there: people have a login, teams a slug. */
export const EnvironmentShape = z.object({
  name: z.string(), html_url: Text, updated_at: Text,
  protection_rules: z.array(z.object({
    type: z.string(), wait_timer: z.number().nullish(), reviewers: z.array(z.object({ reviewer: z.object({ login: Text, slug: Text }).nullish() })).nullish(),
  })).default([]),
  deployment_branch_policy: z.object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() }).nullish(),
})
export type EnvironmentShape = z.output<typeof EnvironmentShape>

export const RunShape = z.object({
  id: z.number(), name: Text, path: Text, event: z.string(), status: Text, conclusion: Text, head_branch: Text, head_sha: z.string(), html_url: Text, created_at: z.string(), updated_at: z.string(),
  actor: Login, run_number: z.number().nullish(),
})
export const JobShape = z.object({
  id: z.number(), name: z.string(), status: z.string(), conclusion: Text, started_at: Text, completed_at: Text, html_url: Text, runner_name: Text,
  steps: z.array(z.object({ name: z.string(), status: Text, conclusion: Text, started_at: Text, completed_at: Text })).nullish(),
})
export type JobShape = z.output<typeof JobShape>

export const CheckRunShape = z.object({
  id: z.number(), name: z.string(), status: z.string(), conclusion: Text, started_at: Text, completed_at: Text, html_url: Text, app: z.object({ slug: Text }).nullish(),
  output: z.object({ title: Text, summary: Text }).nullish(),
})
export const CombinedStatusShape = z.object({
  state: z.string(), statuses: z.array(z.object({ context: z.string(), state: z.string(), description: Text, target_url: Text, created_at: Text })),
})

export const ReleaseShape = z.object({
  id: z.number(), tag_name: z.string(), name: Text, body: Text, author: Login, draft: z.boolean().default(false), prerelease: z.boolean().default(false), created_at: z.string(), published_at: Text, html_url: Text,
})
export const TagShape = z.object({ name: z.string(), commit: z.object({ sha: z.string() }) })
