import type { Draft } from './draft.ts'
import { addNamespace } from './kubernetes-objects.ts'
import { fieldOwner } from './kubernetes-scaling.ts'
import { after, wholeSecond } from './moments.ts'

export interface CronJobAct {
  readonly name: string
  readonly namespace: string
  readonly schedule: string
  readonly image: string
  readonly command: readonly string[]
  readonly createdAt: string
  /** When it ran, oldest first; the last three are kept as Jobs with their pods. */
  readonly runs: readonly string[]
  readonly seconds: number
  /** What a run prints at its end. */
  readonly says: () => string
  /** Since when it does not run any more, and by which program that was set. */
  readonly suspended?: { readonly at: string; readonly manager: string }
}

const KEPT = 3

/** A CronJob with its last runs, all of which went well. */
export function addCronJob(draft: Draft, act: CronJobAct): void {
  const { name, namespace, suspended } = act
  const [image, last] = [act.image, act.runs.at(-1)]
  addNamespace(draft, namespace)
  const template = { spec: { containers: [{ name, image, command: [...act.command], resources: { requests: { cpu: '100m', memory: '128Mi' } } }], restartPolicy: 'Never' } }
  draft.world.kubernetes.objects.push({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: {
      name, namespace, uid: draft.random.uuid(), creationTimestamp: wholeSecond(act.createdAt), labels: { app: name },
      ...(suspended ? { managedFields: [fieldOwner(suspended.manager, suspended.at, { 'f:suspend': {} }, 'batch/v1')] } : {}),
    },
    spec: { schedule: act.schedule, timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid', suspend: suspended !== undefined, successfulJobsHistoryLimit: KEPT, failedJobsHistoryLimit: 1, jobTemplate: { spec: { template } } },
    status: last === undefined ? {} : { lastScheduleTime: wholeSecond(last), lastSuccessfulTime: wholeSecond(after(last, `${act.seconds}s`)) },
  })
  for (const run of act.runs.slice(-KEPT)) addRun(draft, act, run, template.spec)
}

function addRun(draft: Draft, { name, namespace, image, seconds, says }: CronJobAct, start: string, spec: object): void {
  const { random } = draft
  const job = `${name}-${Math.floor(Date.parse(start) / 60_000)}`
  const pod = `${job}-${random.suffix(5)}`
  const [startedAt, finishedAt] = [wholeSecond(start), wholeSecond(after(start, `${seconds}s`))]
  const labels = { 'batch.kubernetes.io/job-name': job }
  const metadata = (kind: string, owner: string) => ({ namespace, uid: random.uuid(), creationTimestamp: startedAt, labels, ownerReferences: [{ apiVersion: 'batch/v1', kind, name: owner, controller: true }] })
  const nodes = draft.world.kubernetes.objects.filter(({ kind }) => kind === 'Node')
  draft.world.kubernetes.objects.push(
    {
      apiVersion: 'batch/v1', kind: 'Job', metadata: { name: job, ...metadata('CronJob', name) }, spec: { backoffLimit: 2, completions: 1, parallelism: 1, template: { metadata: { labels }, spec } },
      status: { startTime: startedAt, completionTime: finishedAt, succeeded: 1, conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: finishedAt }] },
    },
    {
      apiVersion: 'v1', kind: 'Pod', metadata: { name: pod, ...metadata('Job', job) }, spec: { ...structuredClone(spec), nodeName: random.pick(nodes).metadata.name },
      status: {
        phase: 'Succeeded', startTime: startedAt, qosClass: 'Burstable', conditions: [{ type: 'Ready', status: 'False', reason: 'PodCompleted', lastTransitionTime: finishedAt }],
        containerStatuses: [{ name, image, imageID: '', ready: false, started: false, restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed', startedAt, finishedAt } }, lastState: {} }],
      },
    },
  )
  draft.world.logs.push({ source: 'kubernetes.pod', time: after(start, `${Math.max(1, seconds - 1)}s`), level: 'info', message: `INFO ${says()}`, fields: { namespace, pod, container: name } })
}
