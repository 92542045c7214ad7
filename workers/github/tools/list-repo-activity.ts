import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import type { ResolvedWindow } from '../../kit/window.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, entityField, limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import type { GithubClient } from '../client.ts'
import { repositoryField } from '../fields.ts'
import { repositoryRead } from '../operations.ts'
import { ActivityShape } from '../shapes.ts'

const Movement = z.object({ repository: z.string(), type: ActivityShape.shape.activity_type, branch: z.string(), by: z.string(), at: z.string(), before: z.string(), after: z.string() })
type Movement = z.infer<typeof Movement>

const PERIODS = [[1, 'day'], [7, 'week'], [30, 'month'], [90, 'quarter'], [365, 'year']] as const
const DAY_MS = 86_400_000

/** How branches moved: pushes, force pushes, created and deleted branches, which the history itself does not show. */
export const listRepoActivity = defineTool<GithubClient>()({
  name: 'github_list_repo_activity',
  title: 'List branch activity',
  useWhen: 'Use when history may have been rewritten: force pushes, deleted or created branches, who pushed what to a branch and when.',
  input: z.object({
    repository: repositoryField, branch: entityField('branch', 'Only this branch').optional(), actor: entityField('user', 'GitHub login').optional(),
    type: z.enum(['all', 'push', 'force_push', 'branch_creation', 'branch_deletion', 'pr_merge']).default('all'), ...windowFields, limit: limitField(30, 100), cursor: cursorField,
  }),
  output: z.object({ movements: z.array(Movement) }),
  operations: [repositoryRead('activity')],
  run: async (args, { client, clock }) => {
    const window = resolveWindow(args, clock, { defaultMinutes: 7 * 24 * 60, maxMinutes: 365 * 24 * 60 })
    const repositories = client.repositories(args.repository)
    const pages = await Promise.all(repositories.map(async (repository) => ({ repository, ...(await client.activity(repository, {
      time_period: periodOf(window, clock.now()), per_page: args.limit, ...(args.branch === undefined ? {} : { ref: args.branch }), ...(args.actor === undefined ? {} : { actor: args.actor }),
      ...(args.type === 'all' ? {} : { activity_type: args.type }), ...(args.cursor === undefined ? {} : { after: args.cursor }),
    })) })))
    const all = pages.flatMap(({ repository, items }) => items.map((item): Movement => ({ repository: repository.fullName, type: item.activity_type, branch: item.ref.replace(/^refs\/heads\//, ''), by: item.actor?.login ?? 'unknown', at: item.timestamp, before: item.before, after: item.after }))).sort((a, b) => b.at.localeCompare(a.at))
    const movements = all.filter(({ at }) => Date.parse(at) >= window.start.getTime() && Date.parse(at) < window.end.getTime())
    const older = all.some(({ at }) => Date.parse(at) < window.start.getTime())
    const nothing = `No branch of ${repositories.map(({ fullName }) => fullName).join(', ')} moved${args.type === 'all' ? '' : ` by ${args.type}`} between ${utc(window.start)} and ${utc(window.end)}`
    // Each repository has pages of its own: further ones can be had of one at a time.
    const cursor = older || pages.length > 1 ? undefined : pages[0]?.cursor
    return {
      structured: { movements },
      text: movements.length === 0 ? `${nothing}.` : movements.map(movementLine).join('\n'),
      entities: movements.flatMap(movementEntities),
      signals: movements.length === 0 ? [makeSignal('absence', 0, nothing)] : movements.map(movementSignal),
      truncated: cursor !== undefined || (!older && pages.some((page) => page.cursor !== undefined)),
      cursor,
    }
  },
})

/** GitHub knows spans that end now; the shortest that reaches back far enough. */
function periodOf({ start }: ResolvedWindow, now: Date): (typeof PERIODS)[number][1] {
  const days = (now.getTime() - start.getTime()) / DAY_MS
  return PERIODS.find(([length]) => days <= length)?.[1] ?? 'year'
}

const VERBS: Readonly<Record<Movement['type'], string>> = {
  push: 'pushed to', force_push: 'FORCE-PUSHED', branch_creation: 'created', branch_deletion: 'DELETED', pr_merge: 'merged a pull request into', merge_queue_merge: 'merged by the queue into',
}

function movementLine({ repository, type, branch, by, at, before, after }: Movement): string {
  const moved = type === 'branch_creation' ? ` at ${after.slice(0, 12)}` : type === 'branch_deletion' ? `, which stood at ${before.slice(0, 12)}` : ` from ${before.slice(0, 12)} to ${after.slice(0, 12)}`
  return `${utc(at)} ${by} ${VERBS[type]} ${branch} [${repository}]${moved}`
}

function movementEntities({ repository, branch, by, at, before, after }: Movement): Entity[] {
  const commits = [after, before].filter((sha) => !/^0+$/.test(sha)).map((value): Entity => ({ kind: 'commit', value }))
  return [{ kind: 'branch', value: branch, at }, ...commits, { kind: 'user', value: by }, { kind: 'repository', value: repository }]
}

/** What commits and pull requests tell as well is context here; what history hides is news. */
function movementSignal(movement: Movement): Signal {
  const rewrote = movement.type === 'force_push' || movement.type === 'branch_deletion'
  return makeSignal('change', rewrote ? 2 : 0, movementLine(movement), { at: movement.at, about: movementEntities(movement), says: '' })
}
