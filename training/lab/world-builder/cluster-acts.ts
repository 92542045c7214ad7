import type { SentryIssue } from '../../../src/core/world/sentry.ts'
import type { Draft } from './draft.ts'
import { addFailingCalls, type FailingCallsAct } from './failing-calls.ts'
import { addAutoscaler, type AutoscalerAct } from './kubernetes-autoscaler.ts'
import { addClaim, type ClaimAct } from './kubernetes-claim.ts'
import { burn } from './kubernetes-cpu.ts'
import { addDiskPressure, evict, type EvictionAct } from './kubernetes-eviction.ts'
import { labelPods, selectPods } from './kubernetes-labels.ts'
import { addCronJob, type CronJobAct } from './kubernetes-cronjob.ts'
import { findObject } from './kubernetes-objects.ts'
import { addIngress, addNetworkPolicy, type NetworkPolicyAct } from './kubernetes-network.ts'
import { startPodAt } from './kubernetes-pod-start.ts'
import { scaleToZero } from './kubernetes-scaling.ts'
import { stickRollout, type StuckRolloutAct } from './kubernetes-stuck-rollout.ts'
import { changeContainer, changePodSpec, placeOn, type Container, type PodSpec } from './kubernetes-template.ts'
import { mergeChange, type MergedChange } from './merged-change.ts'
import type { Service } from './service-record.ts'
import { addWorkflowRun, type WorkflowRunAct } from './workflow-run.ts'

/** What happens in a cluster and around it beyond an ordinary rollout. */
export interface ClusterActs {
  changeContainer(service: Service, change: (container: Container) => Container): void
  changePodSpec(service: Service, change: (spec: PodSpec) => PodSpec): void
  placeOn(service: Service, node: string): void
  /** Makes a running pod of the service one that started at `at`. */
  startPod(service: Service, pod: string, at: string): void
  stickRollout(service: Service, act: StuckRolloutAct): string[]
  autoscaler(service: Service, act: AutoscalerAct): void
  /** What its pods use of the processor now, in millicores each. */
  burn(service: Service, most: number): void
  scaleToZero(service: Service, act: { at: string; manager: string }): void
  cronJob(act: CronJobAct): void
  labelPods(service: Service, labels: Readonly<Record<string, string>>): void
  selectPods(service: Service, labels: Readonly<Record<string, string>>): void
  evict(service: Service, act: EvictionAct): string
  diskPressure(node: string, act: { since: string; freedBytes: number }): void
  networkPolicy(act: NetworkPolicyAct): void
  /** A disk of its own for the pods of a service; the name of the volume. */
  claim(service: Service, act: ClaimAct): string
  ingress(act: Parameters<typeof addIngress>[1]): void
  failingCalls(caller: Service, act: FailingCallsAct): SentryIssue
  workflowRun(repository: string, act: WorkflowRunAct): number
  mergeChange(repository: string, act: Parameters<typeof mergeChange>[2]): MergedChange
}

/** The acts, writing into `draft`. */
export function clusterActs(draft: Draft): ClusterActs {
  return {
    changeContainer: (service, change) => changeContainer(draft, service, change),
    changePodSpec: (service, change) => changePodSpec(draft, service, change),
    placeOn: (service, node) => placeOn(draft, service, node),
    startPod: (service, name, at) => {
      const pod = findObject(draft, 'Pod', name, service.namespace)
      if (!pod) throw new Error(`${service.name} has no pod ${name}`)
      startPodAt(draft, service, pod, at)
    },
    stickRollout: (service, act) => stickRollout(draft, service, act),
    autoscaler: (service, act) => addAutoscaler(draft, service, act),
    burn: (service, most) => burn(draft, service, most),
    scaleToZero: (service, act) => scaleToZero(draft, service, act),
    cronJob: (act) => addCronJob(draft, act),
    labelPods: (service, labels) => labelPods(draft, service, labels),
    selectPods: (service, labels) => selectPods(draft, service, labels),
    evict: (service, act) => evict(draft, service, act),
    diskPressure: (node, act) => addDiskPressure(draft, node, act),
    claim: (service, act) => addClaim(draft, service, act),
    networkPolicy: (act) => addNetworkPolicy(draft, act),
    ingress: (act) => addIngress(draft, act),
    failingCalls: (caller, act) => addFailingCalls(draft, caller, act),
    mergeChange: (repository, act) => mergeChange(draft, repository, act),
    workflowRun: (repository, act) => addWorkflowRun(draft, repository, act),
  }
}
