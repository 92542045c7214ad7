import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import { namespaceField, workloadField } from '../arguments.ts'
import type { Autoscaler, KubernetesClient, MetricSpec, MetricStatus } from '../client.ts'
import { operations } from '../operations.ts'
import { timeText } from '../pod-state.ts'

const Condition = z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string(), at: z.string().nullable() })
const AutoscalerState = z.object({
  autoscaler: z.string(), namespace: z.string(), workload: z.string(), min: z.number().int(), max: z.number().int(), current: z.number().int(), desired: z.number().int(),
  metrics: z.array(z.string()).describe('now / target'), lastScaledAt: z.string().nullable(), conditions: z.array(Condition),
})
type AutoscalerState = z.infer<typeof AutoscalerState>

export const getHpa = defineTool<KubernetesClient>()({
  name: 'kubernetes_get_hpa',
  title: 'Autoscalers',
  useWhen: 'Use when a workload is overloaded or has too few replicas: what its autoscaler measures, wants and is limited by.',
  input: z.object({ workload: workloadField.describe('what it scales; all if absent').optional(), namespace: namespaceField, limit: limitField(50, 200), cursor: cursorField }),
  output: z.object({ autoscalers: z.array(AutoscalerState) }),
  operations: [...operations.autoscalers],
  async run({ workload, namespace, limit, cursor }, { client }) {
    const scope = client.scopes.list(namespace)
    const page = await client.autoscalers({ scope, limit, cursor })
    const autoscalers = page.items.map(autoscalerState).filter((state) => workload === undefined || state.workload === workload || state.autoscaler === workload)
    const none = `No HorizontalPodAutoscaler in ${scope.text}${workload === undefined ? '' : ` scales ${workload}: its replicas stay as they were set`}.`
    const signals = autoscalers.flatMap(autoscalerSignals)
    return {
      structured: { autoscalers },
      text: autoscalers.length === 0 ? none : `${autoscalers.length} autoscalers in ${scope.text}:\n${autoscalers.map(autoscalerText).join('\n')}`,
      entities: distinctEntities(autoscalers.flatMap(aboutAutoscaler)),
      signals: autoscalers.length === 0 ? [makeSignal('absence', 0, none, { about: workload === undefined ? [] : [{ kind: 'workload', value: workload }] })]
        : signals.length > 0 ? signals : [makeSignal('healthy', 0, `All ${autoscalers.length} autoscalers in ${scope.text} can scale and are within their limits.`)],
      truncated: page.truncated,
      cursor: page.cursor,
    }
  },
})

function autoscalerState({ metadata, spec, status }: Autoscaler): AutoscalerState {
  return {
    autoscaler: metadata?.name ?? '',
    namespace: metadata?.namespace ?? '',
    workload: spec?.scaleTargetRef.name ?? '',
    min: spec?.minReplicas ?? 1,
    max: spec?.maxReplicas ?? 1,
    current: status?.currentReplicas ?? 0,
    desired: status?.desiredReplicas ?? 0,
    metrics: (spec?.metrics ?? []).map((metric, index) => metricText(metric, status?.currentMetrics?.[index])),
    lastScaledAt: timeText(status?.lastScaleTime),
    conditions: (status?.conditions ?? []).map((condition) => ({
      type: condition.type, status: condition.status, reason: condition.reason ?? '', message: condition.message ?? '', at: timeText(condition.lastTransitionTime),
    })),
  }
}

function metricText(metric: MetricSpec, current: MetricStatus | undefined): string {
  const wanted = metric.resource ?? metric.containerResource ?? metric.pods ?? metric.object ?? metric.external
  const now = current?.resource ?? current?.containerResource ?? current?.pods ?? current?.object ?? current?.external
  const name = metric.resource?.name ?? metric.containerResource?.name ?? metric.pods?.metric.name ?? metric.object?.metric.name ?? metric.external?.metric.name ?? metric.type
  const percent = wanted?.target.averageUtilization
  if (percent !== undefined) return `${name} ${now?.current.averageUtilization === undefined ? 'unknown' : `${now.current.averageUtilization}%`} / ${percent}%`
  return `${name} ${now?.current.averageValue ?? now?.current.value ?? 'unknown'} / ${wanted?.target.averageValue ?? wanted?.target.value ?? 'unset'}`
}

function autoscalerText(state: AutoscalerState): string {
  const head = `${state.autoscaler} (${state.namespace}) scales ${state.workload}: ${state.current} replicas, wants ${state.desired}, limits ${state.min} to ${state.max}; ${state.metrics.join(', ') || 'no metrics'}${state.lastScaledAt === null ? '; has never scaled' : `; last scaled ${utc(state.lastScaledAt)}`}`
  return [head, ...state.conditions.map((condition) => `  ${condition.type}=${condition.status} ${condition.reason}: ${condition.message}`)].join('\n')
}

function aboutAutoscaler({ workload, namespace }: AutoscalerState): Entity[] {
  return [{ kind: 'workload', value: workload }, { kind: 'namespace', value: namespace }]
}

/** Conditions by https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/: two that must be True, one that should not. */
function autoscalerSignals(state: AutoscalerState): Signal[] {
  const about = aboutAutoscaler(state)
  const name = `The autoscaler of ${state.workload} (${state.namespace})`
  const limited = state.conditions.some(({ type, status, reason }) => type === 'ScalingLimited' && status === 'True' && reason === 'TooManyReplicas')
  const full = state.current >= state.max && state.max > state.min && !limited ? [makeSignal('state', 1, `${name} is at its most, ${state.max} replicas: ${state.metrics.join(', ') || 'no metrics'}.`, { about, at: state.lastScaledAt ?? undefined })] : []
  return [...full, ...state.conditions.flatMap(({ type, status, reason, message, at }) => {
    const when = at === null ? {} : { at }
    if ((type === 'ScalingActive' || type === 'AbleToScale') && status === 'False') {
      return [makeSignal('state', reason === 'ScalingDisabled' ? 1 : 2, `${name} does not work, ${reason}: ${message}`, { about, ...when })]
    }
    if (type !== 'ScalingLimited' || status !== 'True' || reason !== 'TooManyReplicas') return []
    return [makeSignal('state', 2, `${name} wants more than its ${state.max} replicas allow: ${state.metrics.join(', ')}.`, { about, ...when })]
  })]
}
