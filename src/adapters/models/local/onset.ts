import type { SeenSignal } from './seen.ts'

/** How a question of ours says when the trouble began; workers read it back. */
export const onsetPhrase = 'The trouble began at '

const minute = 60_000
const minutesIn: Readonly<Record<string, number>> = { minute: 1, min: 1, hour: 60, hr: 60, day: 1440 }
/** Troubles this much older than what the question says began are another story. */
const slack = 10 * minute
/** Where the question says nothing, troubles within this time come first. */
const recent = 24 * 60 * minute

/** When the trouble began, ISO: what the question says in our own words, else the earliest relevant trouble that the question's own words allow. */
export function onsetOf(signals: readonly SeenSignal[], question: string, now: Date): string | undefined {
  const place = question.indexOf(onsetPhrase)
  if (place >= 0) return question.slice(place + onsetPhrase.length).split(/\s/)[0]?.replace(/\.$/, '')
  const began = startInWords(question, now)
  const troubles = signals.flatMap(({ signal, relevance }) => {
    const at = signal.at === undefined ? NaN : Date.parse(signal.at)
    return Number.isFinite(at) && signal.severity >= 2 && ['error', 'anomaly', 'state'].includes(signal.kind) ? [{ at, relevance }] : []
  })
  const allowed = troubles.filter(({ at }) => at <= now.getTime() && at >= (began === undefined ? now.getTime() - recent : began - slack))
  const considered = allowed.length > 0 || began !== undefined ? allowed : troubles.filter(({ at }) => at <= now.getTime())
  const best = Math.max(0, ...considered.map(({ relevance }) => relevance))
  const earliest = Math.min(...considered.filter(({ relevance }) => relevance >= best * 0.8).map(({ at }) => at))
  const moment = Math.min(earliest, began ?? Infinity)
  return Number.isFinite(moment) ? new Date(moment).toISOString() : undefined
}

const span = String.raw`(?<![\d.])(\d{1,4})\s*(minute|min|hour|hr|day)s?\b`
const firstSeen = new RegExp(String.raw`first seen\W{0,4}${span}`, 'gi')
const told = [new RegExp(String.raw`(?<!last seen\W{0,4})${span}(?=[^.\d]{0,12}\bago\b)`, 'gi'), new RegExp(String.raw`\b(?:since|(?:failing|broken|down|slow|errors?) for)\s+(?:about\s+)?${span}`, 'gi')]

/** "First Seen: 27 minutes ago", "failing for 2 hours": the moment this means, in milliseconds. Where several stand, the shortest: longer ones tell what came before. */
function startInWords(question: string, now: Date): number | undefined {
  const first = [...question.matchAll(firstSeen)]
  const spans = first.length > 0 ? first : told.flatMap((pattern) => [...question.matchAll(pattern)])
  const shortest = Math.min(...spans.map(([, amount, unit]) => Number(amount) * (minutesIn[(unit ?? '').toLowerCase()] ?? NaN)))
  return Number.isFinite(shortest) ? now.getTime() - shortest * minute : undefined
}
