import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { fail } from '../../../src/core/errors.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { namespaceField, workloadField } from '../arguments.ts'
import type { KubernetesClient } from '../client.ts'
import { imageEntities } from '../image-commit.ts'
import { operations } from '../operations.ts'
import { revisionsOf } from '../revisions.ts'
import type { Revision } from '../revisions.ts'
import { ContainerTemplate, containerTemplates, containerTemplateText, templateEntities } from '../template.ts'
import { changeSeverity, podSpecChanges } from '../template-diff.ts'
import { findWorkload } from '../workloads.ts'
import type { FullWorkload } from '../workloads.ts'

const Side = z.object({ revision: z.number().int(), object: z.string(), at: z.string(), containers: z.array(ContainerTemplate) })
const revisionField = z.number().int().positive().optional()

export const rolloutDiff = defineTool<KubernetesClient>()({
  name: 'kubernetes_rollout_diff',
  title: 'Difference between two revisions',
  useWhen: 'Use when you want to know exactly what one rollout changed: images, commands, limits, probes, variables, volumes.',
  input: z.object({ workload: workloadField, namespace: namespaceField, from: revisionField.describe('the one before to if absent'), to: revisionField.describe('newest if absent') }),
  output: z.object({ workload: z.string(), namespace: z.string(), from: Side, to: Side, changes: z.array(z.string()) }),
  operations: [...operations.workloads, ...operations.replicaSets, ...operations.controllerRevisions],
  async run({ workload: name, namespace, from: fromNumber, to: toNumber }, { client, clock }) {
    const workload = await findWorkload(client, name, namespace)
    const kept = await revisionsOf(client, workload)
    const to = pick(workload, kept, toNumber ?? kept[0]?.revision)
    const from = pick(workload, kept, fromNumber ?? kept.find(({ revision }) => revision < to.revision)?.revision)
    const changes = podSpecChanges(from.template, to.template)
    const about = [{ kind: 'workload' as const, value: name }, { kind: 'namespace' as const, value: workload.namespace }]
    const variables = changes.flatMap((change) => /\benv (\S+?):? /.exec(change)?.[1] ?? []).map((value) => ({ kind: 'variable' as const, value }))
    const span = `revision ${from.revision} (${utc(from.at)}) → ${to.revision} (${utc(to.at)})`
    return {
      structured: { workload: name, namespace: workload.namespace, from: side(from), to: side(to), changes },
      text: [
        `${workload.kind} ${name} (${workload.namespace}), ${span}: ${changes.length === 0 ? 'no difference in what the pods run' : `${changes.length} changes`}`,
        ...changes.map((change) => `- ${change}`), `revision ${to.revision} in full:`, ...side(to).containers.map(containerTemplateText),
      ].join('\n'),
      entities: distinctEntities([...about, ...variables, ...side(to).containers.flatMap(({ image }) => imageEntities(image, to.at)), ...templateEntities(side(to).containers)]),
      signals: changes.map((change) => makeSignal('change', changeSeverity([change], to.at, clock.now()), `${name} (${workload.namespace}): ${change}, with revision ${to.revision} at ${utc(to.at)} (before: ${from.revision} of ${utc(from.at)}).`, {
        about: [...about, ...variables.filter(({ value }) => change.includes(value)), ...side(to).containers.filter(({ image }) => change.includes(`→ ${image}`)).flatMap(({ image }) => imageEntities(image))], says: change, at: to.at,
      })),
    }
  },
})

function side(revision: Revision): z.infer<typeof Side> {
  return { revision: revision.revision, object: revision.object, at: revision.at, containers: containerTemplates(revision.template) }
}

function pick(workload: FullWorkload, kept: readonly Revision[], wanted: number | undefined): Revision {
  const found = kept.find(({ revision }) => revision === wanted)
  const known = kept.map(({ revision }) => revision).join(', ') || 'none'
  return found ?? fail('not_found', `${workload.kind} ${workload.name} has no ${wanted === undefined ? 'earlier revision to compare with' : `revision ${wanted}`}; the cluster keeps: ${known}.`)
}
