import { z } from 'zod'

/** Sentry's answers about releases, as far as the tools read them. Source: Sentry's public OpenAPI document. */
const Text = z.string().nullish()
const Id = z.union([z.string(), z.number()]).transform(String)
const Person = z.object({ name: Text, email: Text }).nullish()

/** Session health; rates are in percent. */
const HealthShape = z.object({
  crashFreeSessions: z.number().nullish(), crashFreeUsers: z.number().nullish(), totalSessions: z.number().nullish(), sessionsCrashed: z.number().nullish(), adoption: z.number().nullish(),
}).nullish()

export const ReleaseShape = z.object({
  version: z.string(), shortVersion: Text, dateCreated: Text, dateReleased: Text, firstEvent: Text, lastEvent: Text, newGroups: z.number().nullish(),
  commitCount: z.number().nullish(), deployCount: z.number().nullish(), ref: Text, url: Text,
  lastDeploy: z.object({ environment: Text, dateFinished: Text }).nullish(),
  lastCommit: z.object({ id: Text, message: Text }).nullish(),
  authors: z.array(z.object({ name: Text, email: Text })).nullish(),
  projects: z.array(z.object({ slug: z.string(), newGroups: z.number().nullish(), healthData: HealthShape })).nullish(),
})

export const DeployShape = z.object({ id: Id, environment: Text, dateStarted: Text, dateFinished: Text, name: Text, url: Text })

export const ReleaseCommitShape = z.object({
  id: z.string(), message: Text, dateCreated: Text, author: Person, repository: z.object({ name: Text }).nullish(),
  pullRequest: z.object({ id: Id, title: Text, externalUrl: Text }).nullish(),
})

export const CommitFileShape = z.object({ filename: z.string(), type: Text, commitMessage: Text, repoName: Text })

/** Groups by the keys that were asked for; rates are shares of 1, null where there was no session. */
export const SessionsShape = z.object({
  groups: z.array(z.object({ by: z.record(z.string(), z.union([z.string(), z.number()]).nullable()), totals: z.record(z.string(), z.number().nullable()) })),
})
