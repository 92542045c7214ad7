import { z } from 'zod'
import type { KubernetesObject } from '../../../src/core/world/kubernetes.ts'
import type { Draft } from './draft.ts'
import { addEvent, findObject } from './kubernetes-objects.ts'
import { printed } from './logs.ts'
import { before, seconds, wholeSecond } from './moments.ts'
import { releaseAt, type Service } from './service-record.ts'

export interface CrashAct {
  /** When the container last died. */
  readonly at: string
  readonly reason: 'OOMKilled' | 'Error' | 'Completed'
  readonly exitCode: number
  readonly restarts: number
  /** False while the container keeps coming back: it is then waiting in CrashLoopBackOff, and its pod is not ready. */
  readonly recovered: boolean
  /** How much earlier each further pod died; all died at `at` when left out. */
  readonly apart?: string
  /** What the container printed before it died, oldest first; `pod` counts from the one that died last, 0. */
  readonly lastLines?: readonly string[] | ((pod: number) => readonly string[])
  /** Only these, such as those of a rollout that is stuck; their Deployment's count is left as it is. */
  readonly pods?: readonly string[]
}

const Status = z.looseObject({
  conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })),
  containerStatuses: z.array(z.looseObject({})).min(1),
})

/** Every pod of the live release, or those named, dies and is restarted: statuses, the Deployment's count, warnings, and the logs from before. */
export function crash(draft: Draft, service: Service, act: CrashAct): void {
  const pods = act.pods ?? releaseAt(service, draft.now).pods
  for (const [order, name] of pods.entries()) {
    const at = new Date(Date.parse(act.at) - order * (act.apart === undefined ? 0 : seconds(act.apart)) * 1000).toISOString()
    const pod = findObject(draft, 'Pod', name, service.namespace)
    if (!pod) throw new Error(`${service.name} has no pod ${name}`)
    pod['status'] = crashedStatus(pod, { ...act, at })
    const lines = typeof act.lastLines === 'function' ? act.lastLines(order) : (act.lastLines ?? [])
    for (const [index, message] of lines.entries()) {
      const time = before(at, `${lines.length - index}s`)
      draft.world.logs.push({
        source: 'kubernetes.previous',
        time,
        level: 'error',
        message: printed({ level: 'error', message }),
        fields: { namespace: service.namespace, pod: name, container: service.name },
      })
    }
    if (act.recovered) continue
    addEvent(draft, {
      at,
      kind: 'Pod',
      name,
      namespace: service.namespace,
      type: 'Warning',
      reason: 'BackOff',
      message: `Back-off restarting failed container ${service.name} in pod ${name}`,
      count: act.restarts,
    })
  }
  const deployment = findObject(draft, 'Deployment', service.name, service.namespace)
  if (deployment && !act.recovered && act.pods === undefined)
    Object.assign(deployment['status'] ?? {}, { readyReplicas: 0, availableReplicas: 0, unavailableReplicas: pods.length })
}

function crashedStatus(pod: KubernetesObject, act: CrashAct): Record<string, unknown> {
  const status = Status.parse(pod['status'])
  const finishedAt = wholeSecond(act.at)
  const state = act.recovered
    ? { running: { startedAt: finishedAt } }
    : { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } }
  return {
    ...status,
    phase: 'Running',
    conditions: status.conditions.map((condition) =>
      condition.type.endsWith('Ready') ? { ...condition, status: act.recovered ? 'True' : 'False', lastTransitionTime: finishedAt } : condition,
    ),
    containerStatuses: status.containerStatuses.map((container) => ({
      ...container,
      ready: act.recovered,
      started: act.recovered,
      restartCount: act.restarts,
      state,
      lastState: { terminated: { exitCode: act.exitCode, reason: act.reason, startedAt: wholeSecond(before(act.at, '4m')), finishedAt } },
    })),
  }
}
