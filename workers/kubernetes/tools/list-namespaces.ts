import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import type { KubernetesClient, Namespace } from '../client.ts'
import { operations } from '../operations.ts'
import { timeText } from '../pod-state.ts'

const NamespaceState = z.object({ namespace: z.string(), phase: z.string(), createdAt: z.string().nullable(), labels: z.record(z.string(), z.string()), problems: z.array(z.string()) })
type NamespaceState = z.infer<typeof NamespaceState>

export const listNamespaces = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_namespaces',
  title: 'List namespaces',
  useWhen: 'Use when you do not know where something runs, or a namespace may be new or being deleted.',
  input: z.object({}),
  output: z.object({ namespaces: z.array(NamespaceState) }),
  operations: [...operations.namespaces],
  async run(_args, { client }) {
    const { items, truncated } = await client.namespaces()
    const namespaces = items.map(namespaceState)
    return {
      structured: { namespaces },
      text: namespaces.length === 0 ? 'There is no namespace this worker may read.' : `${namespaces.length} namespaces:\n${namespaces.map(namespaceText).join('\n')}`,
      entities: namespaces.map(({ namespace }) => ({ kind: 'namespace', value: namespace })),
      signals: namespaces.filter(({ phase }) => phase === 'Terminating').map(({ namespace, problems }) =>
        makeSignal('state', 2, `Namespace ${namespace} is being deleted${problems.length > 0 ? `, held up by ${problems.join('; ')}` : ''}: nothing new can be created in it.`, { about: [{ kind: 'namespace', value: namespace }] })),
      truncated,
    }
  },
})

function namespaceState({ metadata, status }: Namespace): NamespaceState {
  return {
    namespace: metadata?.name ?? '',
    phase: status?.phase ?? 'Unknown',
    createdAt: timeText(metadata?.creationTimestamp),
    // The name is a label of every namespace, and says nothing.
    labels: Object.fromEntries(Object.entries(metadata?.labels ?? {}).filter(([key]) => key !== 'kubernetes.io/metadata.name')),
    problems: (status?.conditions ?? []).filter((condition) => condition.status === 'True').map((condition) => `${condition.type}: ${condition.message ?? condition.reason ?? ''}`),
  }
}

function namespaceText({ namespace, phase, createdAt, labels }: NamespaceState): string {
  const labelled = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',')
  return `${namespace} ${phase}${createdAt === null ? '' : ` created ${utc(createdAt)}`}${labelled === '' ? '' : ` labels ${labelled}`}`
}
