import { z } from 'zod'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { makeSignal } from '../kit/make-signal.ts'
import { utc } from '../kit/plain-text.ts'
import { timeText } from './pod-state.ts'

/** Who changed which fields of an object last, and when; from the API's own book-keeping of field owners. */
export const FieldChange = z.object({ manager: z.string(), at: z.string(), fields: z.array(z.string()) })
export type FieldChange = z.infer<typeof FieldChange>

interface ManagedEntry {
  readonly manager?: string | undefined
  readonly time?: Date | undefined
  readonly subresource?: string | undefined
  readonly fieldsV1?: unknown
}

const MOST_FIELDS = 8

/** The changes below `root` (`data`, `spec`), newest first. Status updates are no changes anybody made. */
export function fieldChanges(managed: readonly ManagedEntry[] | undefined, root: 'data' | 'spec'): FieldChange[] {
  return (managed ?? []).flatMap((entry): FieldChange[] => {
    const at = timeText(entry.time)
    const owned = isRecord(entry.fieldsV1) ? entry.fieldsV1[`f:${root}`] : undefined
    if (at === null || owned === undefined || entry.subresource !== undefined) return []
    return [{ manager: entry.manager ?? 'unknown', at, fields: leaves(owned).slice(0, MOST_FIELDS) }]
  }).sort((a, b) => b.at.localeCompare(a.at))
}

/** Field paths of the `fieldsV1` notation: `f:` leads a name, `k:{…}` picks an entry of a list by its key, `.` is the field itself. */
function leaves(node: unknown, path = ''): string[] {
  const children = isRecord(node) ? Object.entries(node).filter(([key]) => key !== '.') : []
  if (children.length === 0) return path === '' ? [] : [path]
  return children.flatMap(([key, child]) => leaves(child, path === '' ? nameOf(key) : `${path}/${nameOf(key)}`))
}

function nameOf(key: string): string {
  const named = /^k:\{.*"name":"([^"]+)"/.exec(key)?.[1]
  return named ?? key.replace(/^[fkv]:/, '')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const RECENT_MILLISECONDS = 14 * 86_400_000

/** What a value may be long to stand behind its field. */
const LONGEST_VALUE = 60

function valued(field: string, value: string | undefined): string {
  return value === undefined || value.length > LONGEST_VALUE || value.includes('\n') ? field : `${field} (now ${value === '' ? 'empty' : value})`
}

/**
 * A change as a signal; older ones than two weeks are context. The changed fields stand among its entities as variables; `values` are
 * what may be shown of what they hold now.
 */
export function changeSignal(change: FieldChange, what: string, { about, now, values }: { about: readonly Entity[]; now: Date; values?: ReadonlyMap<string, string> }): Signal {
  const recent = now.getTime() - new Date(change.at).getTime() < RECENT_MILLISECONDS
  const names = change.fields.map((field) => field.split('/').at(-1) ?? field)
  return makeSignal('change', recent ? 1 : 0, `${change.manager} changed ${change.fields.map((field) => valued(field, values?.get(field))).join(', ')} of ${what} at ${utc(change.at)}.`, {
    about: [...about, ...names.map((value) => ({ kind: 'variable' as const, value }))], says: '', at: change.at,
  })
}
