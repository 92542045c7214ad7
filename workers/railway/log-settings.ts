import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import type { FoldedLine, LogEntry } from '../kit/log-lines.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { clip, utc } from '../kit/plain-text.ts'

/** Words that stand beside a number which somebody chose, unlike one that was counted. */
const CHOSEN = '(?:every|interval|time-?out|ttl|limit|max(?:imum)?|pool(?:[ _]size)?|concurrency|workers|processes|threads|replicas|window|quota|rate|percent|share|cap|version|deadline|wait|keep-?alive|lifetime|expires? (?:in|after))'
const UNIT = String.raw`(?:\s?(?:%|ms|sec(?:onds?)?|s|min(?:utes?)?|m|hours?|h|d|[kMG]i?B)\b)?`
const SETTING = new RegExp(String.raw`(?<phrase>(?:[A-Za-z][\w-]*[ =:]{1,2})?\b\w*${CHOSEN}(?:[ =:]{1,2}|\s(?:is|to|of)\s))(?<value>\d+(?:\.\d+)?${UNIT})`, 'gi')
/** What a service says of its configuration; and a setting alone on its line, as builders write them. */
const ANNOUNCED = /^(?:config\w*|feature|flag|connect(?:ing|ed) to)\b|^[A-Z][a-z]+(?: [a-z]+){0,2}: \S+$/
const REQUEST = /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (?:\/|https?:)/

const MOST = 3

function isOrdinary({ level }: { level: string }): boolean {
  return level === 'info' || level === 'debug'
}

/** The settings a line names, such as `ping every 45 s`; the line itself where it only announces. */
function settingsIn(message: string): string {
  return [...message.matchAll(SETTING)].map((match) => match[0].toLowerCase()).join(', ') || message
}

/** What ordinary lines tell of a service's settings, as context: what it does how often, what it connects to. Each setting once, at most three. */
export function announcedSettings(folded: readonly FoldedLine[], about: readonly Entity[]): Signal[] {
  const name = about[0]?.value ?? 'It'
  const numbered = (line: FoldedLine): number => Number(line.sample.search(SETTING) !== -1)
  const told = folded.filter((line) => isOrdinary(line) && !REQUEST.test(line.sample) && (ANNOUNCED.test(line.sample) || numbered(line) === 1))
    .sort((a, b) => numbered(b) - numbered(a) || b.last.localeCompare(a.last) || a.sample.length - b.sample.length)
  return [...Map.groupBy(told, ({ sample }) => settingsIn(sample)).values()].flatMap(([line]) => line ?? []).slice(0, MOST).map((line) =>
    makeSignal('state', 0, `${name} logs: ${clip(line.sample, 200)}`, { about, says: line.sample, at: line.last, count: line.count }))
}

/** Settings whose number in ordinary lines is one before a moment and another after it. `entries` oldest first. */
export function changedSettings(entries: readonly LogEntry[], about: readonly Entity[]): Signal[] {
  const told = entries.filter((entry) => isOrdinary(entry) && !REQUEST.test(entry.message)).flatMap(({ at, origin, message }) =>
    [...message.matchAll(SETTING)].map(({ groups }) => ({ at, origin, phrase: (groups?.['phrase'] ?? '').trim(), value: groups?.['value'] ?? '' })))
  return [...Map.groupBy(told, ({ phrase }) => phrase.toLowerCase()).values()].flatMap((values): Signal[] => {
    const turn = values.findIndex(({ value }) => value !== values[0]?.value)
    const [old, fresh] = [values[turn - 1], values[turn]]
    // Two lines of one process may differ for any reason; of two deployments, or again and again, they differ for one.
    if (old === undefined || fresh === undefined || (values.length < 3 && old.origin === fresh.origin) || values.slice(turn).some(({ value }) => value !== fresh.value)) return []
    const { phrase } = fresh
    return [makeSignal('change', 2, `${about[0]?.value ?? 'It'} logs "${phrase} ${fresh.value}" since ${utc(fresh.at)}; until ${utc(old.at)} it was "${phrase} ${old.value}".`, { about, says: `${phrase} ${fresh.value}`, at: fresh.at })]
  }).slice(0, MOST)
}
