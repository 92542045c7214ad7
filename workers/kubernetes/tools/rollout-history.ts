import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import { namespaceField, workloadField } from '../arguments.ts'
import type { KubernetesClient, ReplicaSet } from '../client.ts'
import { consoleLinks } from '../find-pod.ts'
import { operations } from '../operations.ts'
import { timeText } from '../pod-state.ts'
import { containerTemplates, templateChanges } from '../template.ts'
import { findWorkload } from '../workloads.ts'
import type { FullWorkload } from '../workloads.ts'

const Revision = z.object({
  revision: z.number().int(),
  replicaSet: z.string(),
  at: z.string(),
  images: z.array(z.string()),
  replicas: z.number().int(),
  cause: z.string().nullable(),
  changes: z.array(z.string()).describe('against the revision before'),
})
type Revision = z.infer<typeof Revision>

export const rolloutHistory = defineTool<KubernetesClient>()({
  name: 'kubernetes_rollout_history',
  title: 'Rollout history of a Deployment',
  useWhen: 'Use when you suspect a deploy: what each revision changed (images, resources, probes, variable names) and when.',
  input: z.object({ workload: workloadField, namespace: namespaceField, limit: limitField(10, 50) }),
  output: z.object({ workload: z.string(), namespace: z.string(), revisions: z.array(Revision) }),
  operations: [...operations.workloads, ...operations.replicaSets],
  async run({ workload: name, namespace, limit }, { client }) {
    const workload = await findWorkload(client, name, namespace)
    const { items } = await client.replicaSets({ scope: client.scopes.list(workload.namespace), pages: 4 })
    const all = revisionsOf(workload, items)
    const revisions = all.slice(0, limit)
    const none = workload.kind === 'Deployment' ? 'it has no ReplicaSets' : `it is a ${workload.kind}, and only Deployments keep ReplicaSets`
    return {
      structured: { workload: name, namespace: workload.namespace, revisions },
      text: revisions.length === 0 ? `No history for ${name}: ${none}.` : `Revisions of ${name} (${workload.namespace}), newest first:\n${revisions.map(revisionText).join('\n')}`,
      entities: distinctEntities([
        { kind: 'workload', value: name }, { kind: 'namespace', value: workload.namespace },
        ...revisions.flatMap((revision) => revision.images.map((value) => ({ kind: 'image' as const, value, at: revision.at }))),
      ]),
      signals: revisions.flatMap((revision) => revisionSignal(workload, revision)),
      links: consoleLinks(client, workload.namespace, 'deployments', name),
      truncated: all.length > limit,
    }
  },
})

function revisionsOf(workload: FullWorkload, replicaSets: readonly ReplicaSet[]): Revision[] {
  const own = replicaSets
    .filter((set) => set.metadata?.ownerReferences?.some((owner) => owner.kind === workload.kind && owner.name === workload.name))
    .map((set) => ({ set, revision: Number(set.metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0) }))
    .sort((a, b) => a.revision - b.revision)
  return own.map(({ set, revision }, index) => {
    const containers = containerTemplates(set.spec?.template?.spec)
    const before = own[index - 1]
    return {
      revision,
      replicaSet: set.metadata?.name ?? '',
      at: timeText(set.metadata?.creationTimestamp) ?? '',
      images: containers.map((container) => container.image),
      replicas: set.status?.replicas ?? set.spec?.replicas ?? 0,
      cause: set.metadata?.annotations?.['kubernetes.io/change-cause'] ?? null,
      changes: before === undefined ? [] : templateChanges(containerTemplates(before.set.spec?.template?.spec), containers),
    }
  }).reverse()
}

function revisionText(revision: Revision): string {
  const changes = revision.changes.length > 0 ? revision.changes.join('; ') : 'no earlier revision to compare with, or no change in images, resources, probes and variable names'
  return `revision ${revision.revision} ${utc(revision.at)} ${revision.replicaSet} (${revision.replicas} replicas)${revision.cause === null ? '' : ` cause: ${clip(revision.cause, 120)}`}\n  ${changes}`
}

function revisionSignal(workload: FullWorkload, revision: Revision): Signal[] {
  if (revision.changes.length === 0 || revision.at === '') return []
  const variables = revision.changes.flatMap((change) => /\benv (\S+?):? /.exec(change)?.[1] ?? [])
  return [makeSignal('change', 1, `${workload.name} (${workload.namespace}) rolled out revision ${revision.revision} at ${utc(revision.at)}: ${revision.changes.join('; ')}.`, {
    at: revision.at,
    says: '',
    about: [
      { kind: 'workload', value: workload.name }, { kind: 'namespace', value: workload.namespace },
      ...revision.images.map((value) => ({ kind: 'image' as const, value })), ...variables.map((value) => ({ kind: 'variable' as const, value })),
    ],
  })]
}
