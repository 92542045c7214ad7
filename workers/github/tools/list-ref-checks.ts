import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { fail } from '../../../src/core/errors.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { cursorField, entityField, limitField } from '../../kit/window.ts'
import type { Commit } from '../change-view.ts'
import type { GithubClient } from '../client.ts'
import { cursorAfter, pageOf, repositoryField } from '../fields.ts'
import { findCommit } from '../find-commit.ts'
import { repositoryRead } from '../operations.ts'

const Check = z.object({ name: z.string(), by: z.string().nullable(), result: z.string(), at: z.string().nullable(), detail: z.string(), url: z.string().nullable() })
type Check = z.infer<typeof Check>

/** What was checked on a commit: check runs, and the statuses other systems reported. */
export const listRefChecks = defineTool<GithubClient>()({
  name: 'github_list_ref_checks',
  title: 'List the checks of a commit',
  useWhen: 'Use when you need to know whether a commit, branch or tag passed its checks, or was deployed although one failed.',
  input: z.object({ ref: entityField('commit', 'SHA, branch or tag'), repository: repositoryField, limit: limitField(50, 100), cursor: cursorField }),
  output: z.object({ sha: z.string(), repository: z.string(), checks: z.array(Check) }),
  operations: [repositoryRead('commits/{sha}/check-runs'), repositoryRead('commits/{sha}/status'), repositoryRead('commits/{ref+}')],
  run: async (args, { client }) => {
    const commit = await findCommit(args.ref, args.repository, client)
    const [repository = fail('defect', 'A repository that was just read is not readable.')] = client.repositories(commit.repository)
    const page = pageOf(args.cursor)
    const [runs, combined] = await Promise.all([client.checkRuns(repository, commit.sha, { per_page: args.limit, page }), client.combinedStatus(repository, commit.sha)])
    const checks = [
      ...runs.items.map((run): Check => ({ name: run.name, by: run.app?.slug ?? null, result: run.conclusion ?? run.status, at: run.completed_at ?? run.started_at ?? null, detail: run.output?.title ?? run.output?.summary ?? '', url: run.html_url ?? null })),
      ...(page > 1 ? [] : combined.statuses.map((status): Check => ({ name: status.context, by: null, result: status.state, at: status.created_at ?? null, detail: status.description ?? '', url: status.target_url ?? null }))),
    ]
    const cursor = cursorAfter(page, runs.items.length, args.limit)
    const about: Entity[] = [{ kind: 'commit', value: commit.sha, at: commit.at }, { kind: 'repository', value: commit.repository }]
    return {
      structured: { sha: commit.sha, repository: commit.repository, checks },
      text: checks.length === 0 ? `Nothing was checked on ${commit.sha.slice(0, 12)} of ${commit.repository}.` : `${commit.sha.slice(0, 12)} of ${commit.repository}:\n${checks.map(checkLine).join('\n')}`,
      entities: about,
      signals: checkSignals(commit, checks, about),
      links: checks.flatMap(({ name, url }) => (url === null ? [] : [{ title: name, url }])),
      truncated: cursor !== undefined,
      cursor,
    }
  },
})

function isFailed({ result }: Check): boolean {
  return /^(?:failure|error|timed_out|startup_failure|action_required)$/.test(result)
}

function checkLine({ name, by, result, at, detail }: Check): string {
  return `${name}${by === null ? '' : ` (${by})`}: ${result}${at === null ? '' : ` at ${utc(at)}`}${detail === '' ? '' : `, ${clip(detail, 200)}`}`
}

function checkSignals({ sha, repository }: Commit, checks: readonly Check[], about: readonly Entity[]): Signal[] {
  const where = `${sha.slice(0, 12)} of ${repository}`
  const failed = checks.filter(isFailed)
  if (checks.length === 0) return [makeSignal('absence', 1, `Nothing was checked on ${where}`, { about, says: '' })]
  if (failed.length === 0) return [makeSignal('healthy', 0, `No check of ${where} failed: ${checks.map(({ name, result }) => `${name} ${result}`).join(', ')}`, { about, says: '' })]
  return failed.slice(0, 8).map((check) => makeSignal('error', 2, `Check failed on ${where}: ${checkLine(check)}`, { at: check.at ?? undefined, about, says: check.detail }))
}
