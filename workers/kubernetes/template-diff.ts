import { createHash } from 'node:crypto'
import type { PodSpec } from './client.ts'
import { quantity } from './quantity.ts'
import { containerTemplates, templateChanges } from './template.ts'

const RECENT_MILLISECONDS = 14 * 86_400_000

/**
 * What changed from one pod template to the next, in words: containers, then what the pod as a whole gets. Of a literal value of a
 * variable only that it changed, with the first 8 hex digits of SHA-256 before and after; never the value.
 */
export function podSpecChanges(before: PodSpec | undefined, after: PodSpec | undefined): string[] {
  const changes = [...templateChanges(containerTemplates(before), containerTemplates(after)), ...literalChanges(before, after)]
  const [had, has] = [podFacts(before), podFacts(after)]
  for (const name of new Set([...had.keys(), ...has.keys()])) {
    const [old, now] = [had.get(name) ?? 'none', has.get(name) ?? 'none']
    if (old !== now) changes.push(`${name} ${old} → ${now}`)
  }
  return changes
}

/**
 * How loud a change is on `now`'s day: a limit that was lowered is what engineers point at; what is older than two weeks is context.
 */
export function changeSeverity(changes: readonly string[], at: string, now: Date): 0 | 1 | 2 {
  if (now.getTime() - Date.parse(at) > RECENT_MILLISECONDS) return 0
  return changes.some(isLowered) ? 2 : 1
}

function isLowered(change: string): boolean {
  const [, before, after] = /\blimit (\S+) → (\S+)$/.exec(change) ?? []
  const [had, has] = [quantity(before === 'none' ? undefined : before), quantity(after)]
  return has !== undefined && (had === undefined || has < had)
}

function literalChanges(before: PodSpec | undefined, after: PodSpec | undefined): string[] {
  const had = literals(before)
  return [...literals(after)].flatMap(([place, value]) => {
    const old = had.get(place)
    return old === undefined || old === value ? [] : [`env ${place.split('/')[1] ?? place}: value changed (#${hash(old)} → #${hash(value)})`]
  })
}

function literals(spec: PodSpec | undefined): Map<string, string> {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
  return new Map(containers.flatMap((container) => (container.env ?? []).flatMap(({ name, value }): [string, string][] => (value === undefined ? [] : [[`${container.name}/${name}`, value]]))))
}

function hash(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 8)
}

/** What stands beside the containers and decides where and how a pod runs, by name. */
function podFacts(spec: PodSpec | undefined): Map<string, string> {
  const facts = new Map<string, string>()
  const set = (name: string, value: string | number | undefined): void => {
    if (value !== undefined && value !== '') facts.set(name, String(value))
  }
  set('service account', spec?.serviceAccountName)
  set('priority class', spec?.priorityClassName)
  set('grace period', spec?.terminationGracePeriodSeconds === undefined ? undefined : `${spec.terminationGracePeriodSeconds} s`)
  set('node selector', Object.entries(spec?.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`).sort().join(','))
  set('image pull secrets', (spec?.imagePullSecrets ?? []).map(({ name }) => name ?? '').sort().join(','))
  for (const volume of spec?.volumes ?? []) {
    const source = volume.configMap?.name ?? volume.secret?.secretName ?? volume.persistentVolumeClaim?.claimName
    const kind = Object.keys(volume).find((key) => key !== 'name' && Reflect.get(volume, key) !== undefined) ?? 'unknown'
    set(`volume ${volume.name}`, source === undefined ? kind : `${kind} ${source}`)
  }
  return facts
}
