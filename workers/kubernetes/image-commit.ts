import type { Entity } from '../../src/core/entity.ts'

/** An image, and the commit that its tag is, where teams tag by commit: `api:3f2b9c1`, `api:sha-3f2b9c1`. `at` is when it came into use. */
export function imageEntities(image: string, at?: string): Entity[] {
  const commit = /:(?:sha-|git-)?([0-9a-f]{7,40})(?:@.*)?$/.exec(image)?.[1]
  const when = at === undefined || at === '' ? {} : { at }
  return [{ kind: 'image', value: image, ...when }, ...(commit !== undefined && /\d/.test(commit) && /[a-f]/.test(commit) ? [{ kind: 'commit' as const, value: commit, ...when }] : [])]
}
