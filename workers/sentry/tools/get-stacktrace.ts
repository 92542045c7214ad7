import { z } from 'zod'
import type { Entity } from '../../../src/core/entity.ts'
import { FailureError } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { clip } from '../../kit/plain-text.ts'
import type { SentryClient } from '../client.ts'
import { placeSignals, raisedSignals } from '../event-text.ts'
import { EventDetail, eventDetail, flatText, framePlace } from '../event-view.ts'
import type { Frame } from '../event-view.ts'
import { eventFields, eventLookup, findEvent } from '../find-event.ts'
import type { EventShape } from '../shapes.ts'

const Source = z.object({ file: z.string(), line: z.number().nullable(), url: z.string() })
type Source = z.infer<typeof Source>

/** Sentry asks the code host for each link: only the frames nearest to the error are worth it. */
const MOST_LINKS = 3

/** The whole stack of one event, frame by frame, with links to the source where Sentry knows the repository. */
export const getStacktrace = defineTool<SentryClient>()({
  name: 'sentry_get_stacktrace',
  title: 'Get a stack trace',
  useWhen: 'Use when the few frames of the event are not enough: all frames with code and local variables, and where the file is in the repository.',
  input: z.object({ ...eventFields, frames: z.enum(['own', 'all']).default('own').describe('own leaves libraries out') }),
  output: z.object({ issueId: z.string(), eventId: z.string(), exceptions: EventDetail.shape.exceptions, sources: z.array(Source) }),
  operations: [...eventLookup, { type: 'http', method: 'GET', path: '/api/0/projects/{organization}/{project}/stacktrace-link/' }],
  run: async (args, { client }) => {
    const found = await findEvent(args, client)
    const event = eventDetail(found.event)
    const exceptions = event.exceptions.map((exception) => ({ ...exception, frames: framesOf(exception.frames, args.frames) }))
    const nearest = [...new Map((exceptions.at(-1)?.frames ?? []).filter(({ inApp }) => inApp).map((frame) => [frame.file, frame])).values()].slice(0, MOST_LINKS)
    const sources = (await Promise.all(nearest.map(async (frame) => sourceOf(frame, found.event, client)))).filter((source) => source !== null)
    return {
      structured: { issueId: found.issueId, eventId: event.id, exceptions, sources },
      text: exceptions.length === 0 ? `Event ${event.id} carries no stack: ${event.message ?? event.title}` : exceptions.toReversed().map((exception) => stackText(exception, sources)).join('\n\nCaused by:\n'),
      entities: [{ kind: 'event', value: event.id }, ...exceptions.flatMap(({ type, frames }): Entity[] => [{ kind: 'error_type', value: type }, ...frames.filter(({ inApp }) => inApp).slice(0, 15).flatMap(frameEntities)])],
      signals: [...raisedSignals(event), ...placeSignals(event)],
      links: sources.map(({ file, line, url }) => ({ title: `${file}${line === null ? '' : `:${line}`}`, url })),
    }
  },
})

/** A stack without a frame of the team's own is shown as it is. */
function framesOf(frames: readonly Frame[], wanted: 'own' | 'all'): Frame[] {
  const own = frames.filter(({ inApp }) => inApp)
  return wanted === 'own' && own.length > 0 ? own : [...frames]
}

/** Null where no code mapping leads to the file, or where this token or this Sentry does not tell. */
async function sourceOf({ file, line, function: name }: Frame, event: EventShape, client: SentryClient): Promise<Source | null> {
  if (event.projectID === null || event.projectID === undefined) return null
  try {
    const { sourceUrl } = await client.stacktraceLink(event.projectID, { file, platform: event.platform ?? undefined, commitId: event.release?.lastCommit?.id ?? undefined, groupId: event.groupID ?? undefined, lineNo: line ?? undefined, function: name })
    if (sourceUrl === null || sourceUrl === undefined) return null
    return { file, line, url: line === null || sourceUrl.includes('#') ? sourceUrl : `${sourceUrl}#L${line}` }
  } catch (error) {
    if (error instanceof FailureError && error.failure.kind !== 'stopped') return null
    throw error
  }
}

function stackText({ type, value, handled, frames }: EventDetail['exceptions'][number], sources: readonly Source[]): string {
  const places = frames.map((frame) => {
    const url = sources.find((source) => source.file === frame.file && source.line === frame.line)?.url
    const code = frame.inApp ? frame.code.map(([line, text]) => `    ${line === frame.line ? '>' : ' '} ${line} ${text}`) : []
    const vars = frame.vars === null ? [] : [`    where ${clip(flatText(frame.vars, ', '), 400)}`]
    return [`  at ${framePlace(frame)}${frame.inApp ? '' : ' (library)'}${url === undefined ? '' : ` ${url}`}`, ...code, ...vars].join('\n')
  })
  return [`${type}: ${value}${handled === false ? ' (unhandled)' : ''}`, ...places].join('\n')
}

function frameEntities({ function: name, file, line }: Frame): Entity[] {
  return [{ kind: 'function', value: name }, { kind: 'file', value: file, ...(line === null ? {} : { label: `line ${line}` }) }]
}
