import { fileClassOf, fileClasses } from './file-classes.ts'
import type { Features } from './head.ts'
import type { Memory } from './memory.ts'
import { overviewOf } from './overview.ts'
import type { SeenSignal, Thing } from './seen.ts'
import { sharedWords, stemsIn } from './shared-words.ts'
import { stationOf } from './stations.ts'

/** What a change looks like as the cause: what it touches, and whether that has to do with what went wrong. Being new alone is no evidence. */
export function changeFeatures(thing: Thing, memory: Memory, minutes: number | undefined): Features {
  const changes = thing.naming.filter(tellsOfChange)
  const touches = touchesTrouble(changes, memory)
  return {
    [touches ? 'change:touches_trouble' : 'change:touches_nothing']: 1,
    'change:touches_soon_before': touches && minutes !== undefined && minutes >= -2 && minutes <= 90 ? 1 : 0,
    'change:touch_strength': touchStrength(thing, memory),
    'change:words': sharedWords(stemsIn(changes), overviewOf(memory).troubleWords, overviewOf(memory).rarity),
    ...fileFeatures(changes),
    ...diffFeatures(changes),
  }
}

// Sentry's own "first seen in release" names the issue: that is timing, not touch.
function tellsOfChange({ signal, facts, quoted }: SeenSignal): boolean {
  return !quoted && signal.kind === 'change' && !facts.namesIssue
}

function touchesTrouble(changes: readonly SeenSignal[], memory: Memory): boolean {
  const { troubledParts } = overviewOf(memory)
  return changes.some(({ facts }) => facts.parts.some((part) => troubledParts.has(part)))
}

/** How relevant and how rare the most telling thing is that both a change and a trouble name, 0 to 1. */
export function touchStrength(thing: Thing, memory: Memory): number {
  return Math.max(0, ...thing.naming.filter(tellsOfChange).flatMap(({ keys }) => keys.map((key) => linkStrength(key, thing, memory))))
}

function linkStrength(key: string, changed: Thing, memory: Memory): number {
  if (changed.keys.has(key)) return 0
  const { links } = overviewOf(memory)
  const known = links.get(key) ?? linkedTrouble(key, memory)
  links.set(key, known)
  return known
}

function linkedTrouble(key: string, memory: Memory): number {
  const linked = memory.things.of(key)
  if (!linked || ['place', 'caller', 'change'].includes(stationOf(linked.entity.kind)) || !linked.naming.some(({ signal }) => signal.severity >= 2)) return 0
  return linked.relevance * (1 - Math.log(linked.naming.length) / Math.log(memory.signals.length + 2))
}

function fileFeatures(changes: readonly SeenSignal[]): Features {
  const files = new Set(changes.flatMap(({ signal }) => signal.entities.flatMap(({ kind, value }) => (kind === 'file' ? [value] : []))))
  if (files.size === 0) return { 'change:files_unknown': 1 }
  const shares = Object.fromEntries(fileClasses.map((name) => [`change:file:${name}`, 0]))
  for (const file of files) {
    const name = `change:file:${fileClassOf(file)}`
    shares[name] = (shares[name] ?? 0) + 1 / files.size
  }
  const harmless = [...files].every((file) => ['documentation', 'test', 'text'].includes(fileClassOf(file)))
  return { ...shares, 'change:harmless': harmless ? 1 : 0 }
}

function diffFeatures(changes: readonly SeenSignal[]): Features {
  const shown = changes.filter(({ facts }) => facts.showsDiff)
  const text = shown.map(({ signal }) => signal.text).join('\n')
  return {
    'change:diff_seen': shown.length > 0 ? 1 : 0,
    'change:replaces': / - .* \+ /.test(text) || /: - .*\+ /.test(text) ? 1 : 0,
    'change:numbers': changesNumber(text) ? 1 : 0,
    'change:only_adds': shown.length > 0 && !/[: ]- /.test(text) ? 1 : 0,
  }
}

/** Whether a removed line comes back with other numbers. */
function changesNumber(text: string): boolean {
  for (const [, removed = '', added = ''] of text.matchAll(/- ([^\n]*?) \+ ([^\n]*?)(?= [-+] |$)/gm)) {
    if (removed !== added && removed.replaceAll(/\d+/g, '#') === added.replaceAll(/\d+/g, '#')) return true
  }
  return false
}
