import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity } from '../../src/core/entity.ts'
import type { Signal } from '../../src/core/signal.ts'
import type { LogEntry } from '../kit/log-lines.ts'
import { clip } from '../kit/plain-text.ts'
import type { KubernetesClient } from './client.ts'
import { podEntities, podState } from './pod-state.ts'
import type { PodState } from './pod-state.ts'

const LEAST_ERRORS = 5

/**
 * The one pod of several that nearly all errors of a workload are of, with its node: siblings run the same code, so it is where the
 * pod runs, or what it was given, that differs. None where the pod also wrote most of the other lines.
 */
export function originSignals(entries: readonly LogEntry[], pods: readonly PodState[]): Signal[] {
  const errors = entries.filter(({ level }) => level === 'error' || level === 'fatal')
  if (pods.length < 2 || errors.length < LEAST_ERRORS) return []
  const of = (pod: PodState, lines: readonly LogEntry[]): number => lines.filter(({ origin }) => origin?.split('/')[0] === pod.pod).length
  const [worst] = pods.toSorted((a, b) => of(b, errors) - of(a, errors))
  if (worst === undefined) return []
  const [own, others] = [of(worst, errors), entries.filter((entry) => !errors.includes(entry))]
  const talkative = others.length > 0 && of(worst, others) / others.length > 0.8
  if (own / errors.length < 0.9 || talkative) return []
  return [{
    kind: 'anomaly', severity: 2, count: own, ...(errors[0] === undefined ? {} : { at: errors[0].at }),
    text: clip(`${own === errors.length ? `All ${own}` : `${own} of ${errors.length}`} errors are of pod ${worst.pod}${onNode(worst)}; its ${pods.length - 1} sibling${pods.length === 2 ? '' : 's'} wrote ${errors.length - own || 'none'}.`, 300),
    entities: distinctEntities([...(worst.node === null ? [] : [{ kind: 'node' as const, value: worst.node }]), ...podEntities(worst)]),
  }]
}

function onNode(pod: PodState): string {
  return pod.node === null ? '' : ` on node ${pod.node}`
}

/** Signals about what failures share, with the node of each pod that is named there: the pod may only be where the trouble shows. */
export async function placePods(signals: readonly Signal[], client: KubernetesClient, namespace: string): Promise<Signal[]> {
  const named = (signal: Signal): string | undefined => (signal.kind === 'anomaly' && signal.entities[0]?.kind === 'pod' ? signal.entities[0].value : undefined)
  if (!signals.some((signal) => named(signal) !== undefined)) return [...signals]
  const states = (await client.pods({ scope: client.scopes.list(namespace), pages: 4 })).items.map(podState)
  return signals.map((signal) => {
    const pod = states.find((state) => state.pod === named(signal))
    return pod === undefined ? signal : placed(signal, pod, states)
  })
}

function placed(signal: Signal, pod: PodState, states: readonly PodState[]): Signal {
  const siblings = states.filter((state) => state.workload === pod.workload && state.pod !== pod.pod && state.status === 'Running').length
  const node: Entity[] = pod.node === null ? [] : [{ kind: 'node', value: pod.node }]
  return {
    ...signal,
    severity: siblings > 0 ? Math.max(signal.severity, 2) : signal.severity,
    text: clip(`${signal.text.replace(/\.$/, '')}: that pod of ${pod.workload ?? 'nobody'} is${onNode(pod)}${siblings > 0 ? `, and ${siblings === 1 ? 'its sibling is' : `its ${siblings} siblings are`} not named` : ''}.`, 400),
    entities: distinctEntities([...node, ...podEntities(pod), ...signal.entities]).slice(0, 20),
  }
}
