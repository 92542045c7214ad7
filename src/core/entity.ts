import { z } from 'zod'

/** What an entity can be. One vocabulary for tools' arguments, tools' results and culprits. */
export const EntityKind = z.enum([
  'organization', 'project', 'issue', 'event', 'trace', 'release', 'monitor', 'error_type',
  'repository', 'commit', 'pull_request', 'branch', 'file', 'workflow_run',
  'service', 'environment', 'deployment', 'variable', 'domain', 'volume',
  'namespace', 'workload', 'pod', 'container', 'node', 'job', 'cronjob', 'config_map', 'image',
  'database', 'table', 'column', 'migration', 'function', 'policy', 'role', 'query', 'branch_database', 'bucket',
  'credential', 'identifier', 'host', 'url', 'status_code', 'user', 'document', 'error_code', 'quantity',
])
export type EntityKind = z.infer<typeof EntityKind>

/** A typed value a tool saw: an id, a name, a SHA, a number with its unit. `at` is when it happened, if it happened. */
export const Entity = z.object({
  kind: EntityKind,
  value: z.string().min(1).max(400),
  label: z.string().max(200).optional(),
  at: z.string().optional(),
})
export type Entity = z.infer<typeof Entity>

/** The key under which two mentions of one entity are the same. */
export function entityKey(entity: Pick<Entity, 'kind' | 'value'>): string {
  return `${entity.kind}:${entity.value.toLowerCase()}`
}

/** `entities` without repeats, the first mention kept. */
export function distinctEntities(entities: readonly Entity[]): Entity[] {
  const seen = new Map<string, Entity>()
  for (const entity of entities) {
    const key = entityKey(entity)
    if (!seen.has(key)) seen.set(key, entity)
  }
  return [...seen.values()]
}
