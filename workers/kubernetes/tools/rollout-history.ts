import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { limitField } from '../../kit/window.ts'
import { namespaceField, workloadField } from '../arguments.ts'
import type { KubernetesClient } from '../client.ts'
import { consoleLinks } from '../find-pod.ts'
import { imageEntities } from '../image-commit.ts'
import { operations } from '../operations.ts'
import { revisionsOf } from '../revisions.ts'
import type { Revision as KeptRevision } from '../revisions.ts'
import { changeSeverity, podSpecChanges } from '../template-diff.ts'
import { containerTemplates } from '../template.ts'
import { findWorkload } from '../workloads.ts'
import type { FullWorkload } from '../workloads.ts'

const Revision = z.object({
  revision: z.number().int(),
  object: z.string().describe('the ReplicaSet or ControllerRevision'),
  at: z.string(),
  images: z.array(z.string()),
  replicas: z.number().int().nullable(),
  cause: z.string().nullable(),
  changes: z.array(z.string()).describe('against the revision before'),
})
type Revision = z.infer<typeof Revision>

export const rolloutHistory = defineTool<KubernetesClient>()({
  name: 'kubernetes_rollout_history',
  title: 'Rollout history of a workload',
  useWhen: 'Use when you suspect a deploy: what each revision changed (images, resources, probes, variable names) and when.',
  input: z.object({ workload: workloadField, namespace: namespaceField, limit: limitField(10, 50) }),
  output: z.object({ workload: z.string(), namespace: z.string(), revisions: z.array(Revision) }),
  operations: [...operations.workloads, ...operations.replicaSets, ...operations.controllerRevisions],
  async run({ workload: name, namespace, limit }, { client, clock }) {
    const workload = await findWorkload(client, name, namespace)
    const all = (await revisionsOf(client, workload)).map((revision, index, kept) => compared(revision, kept[index + 1]))
    const revisions = all.slice(0, limit)
    const none = `the cluster keeps no ${workload.kind === 'Deployment' ? 'ReplicaSets' : 'ControllerRevisions'} of it`
    return {
      structured: { workload: name, namespace: workload.namespace, revisions },
      text: revisions.length === 0 ? `No history for ${name}: ${none}.` : `Revisions of ${name} (${workload.namespace}), newest first:\n${revisions.map(revisionText).join('\n')}`,
      entities: distinctEntities([
        { kind: 'workload', value: name }, { kind: 'namespace', value: workload.namespace },
        ...revisions.flatMap((revision) => revision.images.flatMap((image) => imageEntities(image, revision.at))),
      ]),
      signals: revisions.flatMap((revision) => revisionSignal(workload, revision, clock.now())),
      links: consoleLinks(client, workload.namespace, `${workload.kind.toLowerCase()}s`, name),
      truncated: all.length > limit,
    }
  },
})

function compared({ template, ...revision }: KeptRevision, before: KeptRevision | undefined): Revision {
  return { ...revision, images: containerTemplates(template).map((container) => container.image), changes: before === undefined ? [] : podSpecChanges(before.template, template) }
}

function revisionText(revision: Revision): string {
  const changes = revision.changes.length > 0 ? revision.changes.join('; ') : 'no earlier revision to compare with, or no change in images, resources, probes and variable names'
  return `revision ${revision.revision} ${utc(revision.at)} ${revision.object}${revision.replicas === null ? '' : ` (${revision.replicas} replicas)`}${revision.cause === null ? '' : ` cause: ${clip(revision.cause, 120)}`}\n  ${changes}`
}

function revisionSignal(workload: FullWorkload, revision: Revision, now: Date): Signal[] {
  if (revision.changes.length === 0 || revision.at === '') return []
  const variables = revision.changes.flatMap((change) => /\benv (\S+?):? /.exec(change)?.[1] ?? [])
  return [makeSignal('change', changeSeverity(revision.changes, revision.at, now), `${workload.name} (${workload.namespace}) rolled out revision ${revision.revision} at ${utc(revision.at)}: ${revision.changes.join('; ')}.`, {
    at: revision.at,
    says: '',
    about: [
      { kind: 'workload', value: workload.name }, { kind: 'namespace', value: workload.namespace },
      ...revision.images.flatMap((image) => imageEntities(image)), ...variables.map((value) => ({ kind: 'variable' as const, value })),
    ],
  })]
}
