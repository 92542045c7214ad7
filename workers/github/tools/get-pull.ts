import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import type { GithubClient } from '../client.ts'
import { oneRepositoryField, pullField, pullNumber } from '../fields.ts'
import { repositoryRead } from '../operations.ts'
import { Pull, pullEntities, pullLine, pullMoment, pullOf, pullSignal } from '../pull-view.ts'

const Review = z.object({ by: z.string(), state: z.string(), at: z.string().nullable(), body: z.string() })
type Review = z.infer<typeof Review>
const Comment = z.object({ by: z.string(), at: z.string(), body: z.string() })

/** One pull request with its description, its reviews and its conversation. */
export const getPull = defineTool<GithubClient>()({
  name: 'github_get_pull',
  title: 'Get a pull request with its reviews',
  useWhen: 'Use when you have a pull request and need why it was made, who approved it and what was said about its risk.',
  input: z.object({ number: pullField, repository: oneRepositoryField }),
  output: z.object({ pull: Pull, mergedBy: z.string().nullable(), commits: z.number().nullable(), changedFiles: z.number().nullable(), reviews: z.array(Review), comments: z.array(Comment) }),
  operations: [repositoryRead('pulls/{number}'), repositoryRead('pulls/{number}/reviews'), repositoryRead('issues/{number}/comments')],
  run: async (args, { client }) => {
    const repository = client.repository(args.repository)
    const number = pullNumber(args.number)
    const [detail, reviewed, said] = await Promise.all([client.pull(repository, number), client.reviews(repository, number), client.comments(repository, number)])
    const pull = pullOf(detail, repository.fullName)
    const reviews = reviewed.map(({ user, state, submitted_at: at, body }): Review => ({ by: user?.login ?? 'unknown', state: state.toLowerCase(), at: at ?? null, body: (body ?? '').slice(0, 1_000) }))
    const comments = said.map(({ user, created_at: at, body }) => ({ by: user?.login ?? 'unknown', at, body: (body ?? '').slice(0, 1_000) }))
    const mergedBy = detail.merged_by?.login ?? null
    return {
      structured: { pull, mergedBy, commits: detail.commits ?? null, changedFiles: detail.changed_files ?? null, reviews, comments },
      text: [
        `${pullLine(pull)}${mergedBy === null ? '' : `, merged by ${mergedBy}`}`, `${detail.commits ?? '?'} commits, ${detail.changed_files ?? '?'} files, +${detail.additions ?? '?'} -${detail.deletions ?? '?'}${detail.draft === true ? ', a draft' : ''}`,
        ...(pull.body === '' ? [] : [`\n${pull.body}\n`]), `Reviews: ${reviews.map(reviewText).join('; ') || 'none'}`, ...comments.map(({ by, at, body }) => `${utc(at)} ${by}: ${clip(body, 400)}`),
      ].join('\n'),
      entities: [...pullEntities(pull), ...reviews.map(({ by }) => ({ kind: 'user' as const, value: by }))],
      signals: [pullSignal(pull), ...reasonSignals(pull), ...reviewSignals(pull, reviews), ...comments.slice(0, 5).map(({ by, at, body }) => makeSignal('knowledge', 0, `${by} said on #${pull.number}: ${clip(body, 240)}`, { at, about: pullEntities(pull).slice(0, 2), says: body }))],
      links: pull.url === null ? [] : [{ title: `#${pull.number}`, url: pull.url }],
    }
  },
})

/** What its author says of it, where numbers and names of the change often stand. */
function reasonSignals(pull: Pull): Signal[] {
  return pull.body === '' ? [] : [makeSignal('knowledge', 1, `#${pull.number} says: ${clip(pull.body, 240)}`, { at: pullMoment(pull), about: pullEntities(pull).slice(0, 2), says: pull.body })]
}

function reviewText({ by, state, at, body }: Review): string {
  return `${by} ${state.replaceAll('_', ' ')}${at === null ? '' : ` at ${utc(at)}`}${body === '' ? '' : `: ${clip(body, 200)}`}`
}

function reviewSignals(pull: Pull, reviews: readonly Review[]): Signal[] {
  const about = pullEntities(pull).slice(0, 2)
  const last = new Map(reviews.filter(({ state }) => state !== 'commented').map((review) => [review.by, review]))
  const against = [...last.values()].filter(({ state }) => state === 'changes_requested')
  const approved = [...last.values()].some(({ state }) => state === 'approved')
  if (pull.state === 'merged' && !approved) return [makeSignal('state', 1, `#${pull.number} was merged without an approving review`, { at: pull.mergedAt ?? undefined, about })]
  return against.map((review) => makeSignal('state', 1, `On #${pull.number}: ${reviewText(review)}`, { at: review.at ?? undefined, about, says: review.body }))
}
