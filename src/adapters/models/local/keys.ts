import { entityKey } from '../../../core/entity.ts'
import type { Entity, EntityKind } from '../../../core/entity.ts'

/** Every repository counts its pull requests from 1 and may have a branch of any name. */
const countedByRepository: ReadonlySet<EntityKind> = new Set<EntityKind>(['pull_request', 'branch'])

/** The key of an entity that is named together with `others`: a pull request and a branch are those of the one repository named with them. */
export function keyAmong(entity: Entity, others: readonly Entity[]): string {
  const key = entityKey(entity)
  if (!countedByRepository.has(entity.kind)) return key
  const [repository, second] = new Set(others.flatMap(({ kind, value }) => (kind === 'repository' ? [value.toLowerCase()] : [])))
  return repository !== undefined && second === undefined ? `${key} of ${repository}` : key
}

/** Whether what has this key may be another thing in each repository. */
export function isOfRepository({ kind }: Entity): boolean {
  return countedByRepository.has(kind)
}
