import { distinctEntities } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import { clip } from '../kit/plain-text.ts'
import { readable, shortageOf } from './problem.ts'
import { memoryMebibytes } from './quantity.ts'

/** A pod that a node put out. `count` pods of the workload went for the same reason. */
export interface Eviction {
  readonly workload: string
  readonly namespace: string
  readonly node: string | null
  readonly message: string
  readonly count: number
  readonly at: string
}

const A_DAY = 86_400_000

/**
 * Evictions as what they are together: a node short of something, those it put out, and who used most of it. One signal for each
 * resource and node; a node that is not known counts as one. Where nobody used more than was left, only victims are known, and none is
 * named. What is older than a day before `now` is said quietly.
 */
export function evictionSignals(evictions: readonly Eviction[], now?: Date): Signal[] {
  const short = evictions.flatMap((eviction) => {
    const shortage = shortageOf(eviction.message)
    return shortage === undefined ? [] : [{ ...eviction, shortage, used: memoryMebibytes(shortage.used ?? undefined) ?? 0 }]
  })
  return [...Map.groupBy(short, ({ node, shortage }) => `${node ?? ''} ${shortage.resource}`).values()].flatMap((group): Signal[] => {
    const [greediest, ...rest] = group.toSorted((a, b) => b.used - a.used)
    if (greediest === undefined || greediest.used === 0 || greediest.used < (memoryMebibytes(greediest.shortage.available ?? undefined) ?? 0)) return []
    const last = group.map(({ at }) => at).sort().at(-1) ?? greediest.at
    const { shortage, node, workload, namespace } = greediest
    const counts = new Map<string, number>()
    for (const { workload: name, count } of group) counts.set(name, (counts.get(name) ?? 0) + count)
    const total = group.reduce((sum, { count }) => sum + count, 0)
    return [{
      kind: 'state', severity: now !== undefined && now.getTime() - Date.parse(last) > A_DAY ? 1 : 3, count: total, at: group.map(({ at }) => at).sort()[0] ?? greediest.at,
      text: clip(`${workload} used ${rest.length > 0 ? 'the most ' : ''}${shortage.resource} of ${node === null ? 'its node' : `node ${node}`}, ${readable(shortage.used ?? '')} (request ${shortage.request ?? '0'}): ${total} pods evicted (${[...counts].map(([name, count]) => `${name} ×${count}`).join(', ')}).`, 300),
      entities: distinctEntities([
        { kind: 'workload', value: workload }, ...(node === null ? [] : [{ kind: 'node' as const, value: node }]), { kind: 'namespace', value: namespace },
        { kind: 'quantity', value: shortage.used ?? '0' }, { kind: 'identifier', value: shortage.resource }, ...rest.map(({ workload: value }) => ({ kind: 'workload' as const, value })),
      ]).slice(0, 20),
    }]
  })
}
