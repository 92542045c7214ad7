import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { Event, KubernetesClient, Pod, VolumeClaim } from '../client.ts'
import { foldEvents } from '../events.ts'
import { operations } from '../operations.ts'
import { timeText } from '../pod-state.ts'

const Claim = z.object({
  claim: z.string(), namespace: z.string(), phase: z.string(), capacity: z.string().nullable(), requested: z.string(), storageClass: z.string().nullable(),
  volume: z.string().nullable(), modes: z.array(z.string()), createdAt: z.string(), pods: z.array(z.string()), why: z.string().nullable(),
})
type Claim = z.infer<typeof Claim>

export const listPvcs = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_pvcs',
  title: 'List volume claims',
  useWhen: 'Use when a pod waits for its volume or a disk is in question: which PersistentVolumeClaims are bound, how large, and who mounts them.',
  input: z.object({ namespace: namespaceField, limit: limitField(100, 500), cursor: cursorField }),
  output: z.object({ claims: z.array(Claim) }),
  operations: [...operations.volumeClaims, ...operations.pods, ...operations.events],
  async run({ namespace, limit, cursor }, { client }) {
    const scope = client.scopes.list(namespace)
    const [page, pods, events] = await Promise.all([
      client.volumeClaims({ scope, limit, cursor }), client.pods({ scope, pages: 10 }), client.events({ scope, fieldSelector: 'involvedObject.kind=PersistentVolumeClaim' }),
    ])
    const claims = page.items.map((item) => claimOf(item, pods.items, events.items)).sort((a, b) => Number(a.phase === 'Bound') - Number(b.phase === 'Bound'))
    const signals = claims.flatMap(claimSignals)
    return {
      structured: { claims },
      text: claims.length === 0 ? `No PersistentVolumeClaims in ${scope.text}.` : `${claims.length} PersistentVolumeClaims in ${scope.text}, unbound first:\n${claims.map(claimText).join('\n')}`,
      entities: distinctEntities(claims.flatMap(aboutClaim)),
      signals: claims.length === 0 ? [makeSignal('absence', 0, `No PersistentVolumeClaims in ${scope.text}.`)] : signals.length > 0 ? signals : [makeSignal('healthy', 0, `All ${claims.length} PersistentVolumeClaims in ${scope.text} are bound.`)],
      truncated: page.truncated || pods.truncated || events.truncated,
      cursor: page.cursor,
    }
  },
})

function claimOf({ metadata, spec, status }: VolumeClaim, pods: readonly Pod[], events: readonly Event[]): Claim {
  const [claim, namespace] = [metadata?.name ?? '', metadata?.namespace ?? '']
  const told = foldEvents(events.filter(({ involvedObject }) => involvedObject.name === claim && involvedObject.namespace === namespace))[0]
  const mounting = pods.filter((pod) => pod.metadata?.namespace === namespace && (pod.spec?.volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === claim))
  return {
    claim,
    namespace,
    phase: metadata?.deletionTimestamp === undefined ? (status?.phase ?? 'Unknown') : 'Terminating',
    capacity: status?.capacity?.['storage'] ?? null,
    requested: spec?.resources?.requests?.['storage'] ?? '',
    storageClass: spec?.storageClassName ?? null,
    volume: spec?.volumeName ?? null,
    modes: [...(spec?.accessModes ?? [])],
    createdAt: timeText(metadata?.creationTimestamp) ?? '',
    pods: mounting.map((pod) => pod.metadata?.name ?? ''),
    why: told === undefined ? null : `${told.type} ${told.reason}: ${told.message}`,
  }
}

function claimText(claim: Claim): string {
  const size = claim.capacity ?? `${claim.requested} requested`
  return `${claim.claim} (${claim.namespace}) ${claim.phase} ${size} class ${claim.storageClass ?? 'default'} ${claim.modes.join(',')} volume ${claim.volume ?? 'none'} created ${utc(claim.createdAt)}, mounted by ${claim.pods.join(', ') || 'no pod'}${claim.why === null ? '' : `; ${clip(claim.why, 300)}`}`
}

function aboutClaim({ claim, namespace, pods }: Claim): Entity[] {
  return [{ kind: 'volume', value: claim }, { kind: 'namespace', value: namespace }, ...pods.slice(0, 5).map((value) => ({ kind: 'pod' as const, value }))]
}

function claimSignals(claim: Claim): Signal[] {
  const about = aboutClaim(claim)
  const name = `PersistentVolumeClaim ${claim.claim} (${claim.namespace})`
  if (claim.phase === 'Bound') return claim.why?.startsWith('Warning') === true ? [makeSignal('error', 2, `${name}: ${claim.why}`, { about })] : []
  // A class that binds at first use leaves a claim pending on purpose until a pod wants it.
  const waitsForUse = claim.phase === 'Pending' && claim.pods.length === 0
  return [makeSignal('state', waitsForUse ? 1 : 3, `${name} is ${claim.phase}${claim.pods.length > 0 ? `, so ${claim.pods.join(', ')} cannot start` : ''}${claim.why === null ? '' : `; ${claim.why}`}.`, { about, at: claim.createdAt })]
}
