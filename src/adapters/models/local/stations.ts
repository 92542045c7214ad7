import type { EntityKind } from '../../../core/entity.ts'
import type { Thing } from './seen.ts'

/** What an entity is in a story: something that changes, something that is set, something that runs, or a trace of the trouble. */
const stations: Readonly<Record<string, readonly EntityKind[]>> = {
  change: ['commit', 'deployment', 'release', 'migration', 'pull_request', 'image', 'branch'],
  setting: ['variable', 'credential', 'config_map', 'policy', 'volume', 'domain', 'role'],
  schedule: ['cronjob', 'job', 'monitor'],
  runner: ['service', 'workload', 'function', 'pod', 'container', 'node', 'host'],
  data: ['table', 'column', 'database', 'bucket', 'query'],
  caller: ['user'],
  place: ['organization', 'project', 'repository', 'environment', 'namespace', 'document', 'file', 'workflow_run'],
  symptom: ['issue', 'event', 'trace', 'error_type', 'status_code', 'url', 'identifier', 'error_code', 'quantity'],
}

const stationByKind = new Map(Object.entries(stations).flatMap(([station, kinds]) => kinds.map((kind) => [kind, station] as const)))

/** The station of a kind; `other` for those that have none. */
export function stationOf(kind: EntityKind): string {
  return stationByKind.get(kind) ?? 'other'
}

/** Whether a thing is one that happens to a system, not one that it has. */
export function isChange({ entity }: Pick<Thing, 'entity'>): boolean {
  return stationOf(entity.kind) === 'change'
}

/** The stations of a thing: that of its most exact name first. */
export function stationsOf({ entity, kinds }: Thing): readonly string[] {
  return [...new Set([stationOf(entity.kind), ...[...kinds].map(stationOf)])]
}
