import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import { namespaceField } from '../arguments.ts'
import type { DisruptionBudget, KubernetesClient, Pod } from '../client.ts'
import { selects, selectorText } from '../label-selector.ts'
import { operations } from '../operations.ts'
import { workloadOf } from '../pod-state.ts'

const Budget = z.object({
  budget: z.string(), namespace: z.string(), selector: z.string(), minAvailable: z.string().nullable(), maxUnavailable: z.string().nullable(),
  healthy: z.number().int(), needed: z.number().int(), expected: z.number().int(), allowed: z.number().int(), workloads: z.array(z.string()),
})
type Budget = z.infer<typeof Budget>

export const listPdbs = defineTool<KubernetesClient>()({
  name: 'kubernetes_list_pdbs',
  title: 'List disruption budgets',
  useWhen: 'Use when a drain, an upgrade or an eviction hangs, or took too many pods: what each PodDisruptionBudget allows now.',
  input: z.object({ namespace: namespaceField, limit: limitField(50, 200), cursor: cursorField }),
  output: z.object({ budgets: z.array(Budget) }),
  operations: [...operations.disruptionBudgets, ...operations.pods],
  async run({ namespace, limit, cursor }, { client }) {
    const scope = client.scopes.list(namespace)
    const [page, pods] = await Promise.all([client.disruptionBudgets({ scope, limit, cursor }), client.pods({ scope, pages: 10 })])
    const budgets = page.items.map((item) => budgetOf(item, pods.items))
    return {
      structured: { budgets },
      text: budgets.length === 0 ? `No PodDisruptionBudgets in ${scope.text}.` : `${budgets.length} PodDisruptionBudgets in ${scope.text}:\n${budgets.map(budgetText).join('\n')}`,
      entities: distinctEntities(budgets.flatMap(aboutBudget)),
      signals: budgets.length === 0 ? [makeSignal('absence', 0, `No PodDisruptionBudgets in ${scope.text}.`)] : budgets.flatMap(budgetSignals),
      truncated: page.truncated || pods.truncated,
      cursor: page.cursor,
    }
  },
})

function budgetOf({ metadata, spec, status }: DisruptionBudget, pods: readonly Pod[]): Budget {
  const namespace = metadata?.namespace ?? ''
  const own = pods.filter((pod) => pod.metadata?.namespace === namespace && selects(spec?.selector, pod.metadata?.labels))
  return {
    budget: metadata?.name ?? '',
    namespace,
    selector: selectorText(spec?.selector),
    minAvailable: spec?.minAvailable === undefined ? null : String(spec.minAvailable),
    maxUnavailable: spec?.maxUnavailable === undefined ? null : String(spec.maxUnavailable),
    healthy: status?.currentHealthy ?? 0,
    needed: status?.desiredHealthy ?? 0,
    expected: status?.expectedPods ?? own.length,
    allowed: status?.disruptionsAllowed ?? 0,
    workloads: [...new Set(own.flatMap((pod) => workloadOf(pod) ?? []))],
  }
}

function budgetText(budget: Budget): string {
  const rule = budget.minAvailable === null ? `at most ${budget.maxUnavailable ?? '0'} unavailable` : `at least ${budget.minAvailable} available`
  return `${budget.budget} (${budget.namespace}) ${rule} of ${budget.selector}: ${budget.healthy} healthy of ${budget.expected}, ${budget.needed} needed, ${budget.allowed} disruptions allowed now${budget.workloads.length > 0 ? `; protects ${budget.workloads.join(', ')}` : ''}`
}

function aboutBudget({ namespace, workloads }: Budget): Entity[] {
  return [...workloads.map((value) => ({ kind: 'workload' as const, value })), { kind: 'namespace', value: namespace }]
}

function budgetSignals(budget: Budget): Signal[] {
  const about = aboutBudget(budget)
  const name = `PodDisruptionBudget ${budget.budget} (${budget.namespace})`
  if (budget.expected === 0) return [makeSignal('absence', 1, `${name} protects nothing: no pod matches ${budget.selector}.`, { about })]
  if (budget.healthy < budget.needed) return [makeSignal('state', 2, `${name}: only ${budget.healthy} of the ${budget.needed} pods it needs are healthy.`, { about })]
  return budget.allowed === 0 ? [makeSignal('state', 1, `${name} allows no disruption: a drain of a node with one of its pods waits.`, { about })] : []
}
