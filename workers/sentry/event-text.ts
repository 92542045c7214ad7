import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip, utc } from '../kit/plain-text.ts'
import { tagEntity } from './tag-entities.ts'
import { breadcrumbText, flatText, framePlace, isTroubled, topFrame } from './event-view.ts'
import type { EventDetail } from './event-view.ts'

const MOST_FRAMES = 8

/** The event for reading: what was raised and where, the request, what led to it, then tags and contexts. */
export function eventText(event: EventDetail): string {
  const sections = [
    `Event ${event.id}${event.at === null ? '' : ` at ${utc(event.at)}`} | environment ${event.environment ?? '?'} | release ${event.release ?? '?'} | trace ${event.traceId ?? 'none'}${event.user === null ? '' : ` | user ${event.user}`}`,
    event.exceptions.length === 0 ? `Message: ${event.message ?? event.title}` : event.exceptions.toReversed().map(exceptionText).join('\nCaused by:\n'),
  ]
  if (event.request !== null) {
    const { method, url, query, data } = event.request
    sections.push(`Request: ${method ?? ''} ${url ?? ''}${asText(' query', query)}${asText(' data', data)}`)
  }
  if (event.breadcrumbs.length > 0) {
    sections.push(`Breadcrumbs, the last one nearest to the error:\n${event.breadcrumbs.slice(-25).map(breadcrumbLine).join('\n')}`)
  }
  if (Object.keys(event.extra).length > 0) sections.push(`Extra:\n${flatText(event.extra, '\n')}`)
  sections.push(`Tags: ${flatText(event.tags, ' ')}`)
  const contexts = flatText(event.contexts, ' ')
  if (contexts !== '') sections.push(`Contexts: ${clip(contexts, 1_500)}`)
  return sections.join('\n\n')
}

function asText(name: string, value: unknown): string {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return ''
  return `${name} ${clip(typeof value === 'string' ? value : JSON.stringify(value), 600)}`
}

function exceptionText({ type, value, handled, frames }: EventDetail['exceptions'][number]): string {
  const own = frames.filter(({ inApp }) => inApp)
  const shown = (own.length > 0 ? own : frames).slice(0, MOST_FRAMES)
  const places = shown.map((frame, index) => {
    const code = index === 0 ? frame.code.map(([line, text]) => `    ${line === frame.line ? '>' : ' '} ${line} ${text}`) : []
    const vars = index === 0 && frame.vars !== null ? [`    where ${clip(flatText(frame.vars, ', '), 400)}`] : []
    return [`  at ${framePlace(frame)}`, ...code, ...vars].join('\n')
  })
  const hidden = frames.length - shown.length
  return [`${type}: ${value}${handled === false ? ' (unhandled)' : ''}`, ...places, ...(hidden > 0 ? [`  … ${hidden} more frames, most of them of libraries`] : [])].join('\n')
}

/** What is notable about an event: each exception with its place, and each breadcrumb that tells of trouble. */
export function eventSignals(event: EventDetail): Signal[] {
  const at = event.at ?? undefined
  const about: Entity[] = [{ kind: 'event', value: event.id }]
  const extra = Object.keys(event.extra).length === 0 ? [] : [makeSignal('state', 1, `Sent with the error: ${flatText(event.extra, ', ')}`, { at, about })]
  return [...raisedSignals(event), ...placeSignals(event), ...troubleSignals(event, event.breadcrumbs), ...extra]
}

/** What was raised: each exception with its place, the last one first; the message where nothing was. */
export function raisedSignals(event: EventDetail): Signal[] {
  const at = event.at ?? undefined
  const about: Entity[] = [
    { kind: 'event', value: event.id },
    ...(event.release === null ? [] : [{ kind: 'release' as const, value: event.release }]),
    ...(event.environment === null ? [] : [{ kind: 'environment' as const, value: event.environment }]),
    ...(event.user === null ? [] : [{ kind: 'user' as const, value: event.user }]),
    ...Object.entries(event.tags).flatMap(([key, value]) => tagEntity(key, value)),
  ]
  const raised = event.exceptions.toReversed().map(({ type, value, frames }) => {
    const frame = topFrame(frames)
    const place: Entity[] = frame === undefined ? [] : [{ kind: 'function', value: frame.function }, { kind: 'file', value: frame.file }]
    return makeSignal('error', 3, `${type}: ${value}${frame === undefined ? '' : ` at ${framePlace(frame)}`}`, { at, about: [{ kind: 'error_type', value: type }, ...place, ...about] })
  })
  return raised.length > 0 ? raised : [makeSignal('error', 2, event.message ?? event.title, { at, about })]
}

/** The line of code that raised the last exception, with the one before it, and what its variables held. */
export function placeSignals(event: EventDetail): Signal[] {
  const frame = topFrame(event.exceptions.at(-1)?.frames ?? [])
  if (frame === undefined) return []
  const code = frame.code.filter(([line]) => frame.line !== null && line <= frame.line && line >= frame.line - 1).map(([, text]) => text.trim()).filter((text) => text !== '').join(' ⏎ ')
  const vars = clip(flatText(frame.vars ?? {}, ', '), 160)
  if (code === '' && vars === '') return []
  return [makeSignal('state', 1, `${framePlace(frame)}: ${clip(code, 160)}${vars === '' ? '' : ` where ${vars}`}`, {
    at: event.at ?? undefined, about: [{ kind: 'function', value: frame.function }, { kind: 'file', value: frame.file }], says: `${code}\n${flatText(frame.vars ?? {}, '\n')}`,
  })]
}

/** The last breadcrumbs that tell of trouble. */
export function troubleSignals(event: EventDetail, breadcrumbs: EventDetail['breadcrumbs']): Signal[] {
  return breadcrumbs.filter(isTroubled).slice(-6).map((crumb) => makeSignal('error', 1, `Before the error: ${breadcrumbText(crumb)}`, { at: crumb.at ?? event.at ?? undefined, about: [{ kind: 'event', value: event.id }] }))
}

/** One breadcrumb for reading: when, how grave, what. */
export function breadcrumbLine(crumb: EventDetail['breadcrumbs'][number]): string {
  return `${crumb.at === null ? '' : `${utc(crumb.at)} `}${crumb.level} ${clip(breadcrumbText(crumb), 400)}`
}
