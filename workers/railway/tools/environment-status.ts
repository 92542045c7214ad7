import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { ago, utc } from '../../kit/plain-text.ts'
import { variableChanges } from '../activity.ts'
import { sends } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'
import { deploymentEntities, DeploymentMeta, deploymentSignal, DeploymentSummary, isBroken, sourceText, stillRunning, summaryOf } from '../deployments.ts'
import type { ChangedVariables } from '../deployments.ts'

const Answer = z.object({
  environment: z.object({
    name: z.string(),
    serviceInstances: z.object({
      edges: z.array(z.object({
        node: z.object({
          serviceId: z.string(), serviceName: z.string(), numReplicas: z.number().nullish(), region: z.string().nullish(),
          cronSchedule: z.string().nullish(), nextCronRunAt: z.string().nullish(),
          latestDeployment: z.object({ id: z.string(), status: z.string(), createdAt: z.string(), deploymentStopped: z.boolean(), meta: DeploymentMeta }).nullish(),
        }),
      })),
    }),
  }),
})

const ServiceStatus = z.object({
  service: z.string(), replicas: z.number().nullable(), region: z.string().nullable(), cron: z.string().nullable(), nextCronRunAt: z.string().nullable(),
  stopped: z.boolean(), latest: DeploymentSummary.nullable(),
})
type ServiceStatus = z.infer<typeof ServiceStatus>

export const environmentStatus = defineTool<RailwayClient>()({
  name: 'railway_environment_status',
  title: 'All services and their latest deployments',
  useWhen: 'Use when you need to know which services there are and whether their latest deployments run; a good first look.',
  input: z.object({}),
  output: z.object({ environment: z.string(), services: z.array(ServiceStatus) }),
  operations: sends('environment_status', 'list_deployments', 'activity'),
  async run(_args, { client, clock }) {
    const { environment } = await client.query('environment_status', { id: (await client.environment()).id }, Answer)
    const services = environment.serviceInstances.edges.map(({ node }): ServiceStatus => ({
      service: node.serviceName,
      replicas: node.numReplicas ?? null,
      region: node.region ?? null,
      cron: node.cronSchedule ?? null,
      nextCronRunAt: node.nextCronRunAt ?? null,
      stopped: node.latestDeployment?.deploymentStopped ?? false,
      latest: node.latestDeployment ? summaryOf({ ...node.latestDeployment, service: node.serviceName }) : null,
    })).sort((a, b) => Number(isBroken(b.latest?.status ?? '')) - Number(isBroken(a.latest?.status ?? '')) || (b.latest?.createdAt ?? '').localeCompare(a.latest?.createdAt ?? ''))
    return {
      structured: { environment: environment.name, services },
      text: [`Environment ${environment.name}, ${services.length} services, broken first, then the newest deployment:`, ...services.map((service) => statusText(service, clock.now()))].join('\n'),
      entities: distinctEntities([{ kind: 'environment', value: environment.name }, ...services.flatMap((service) => (service.cron === null ? [] : [{ kind: 'cronjob' as const, value: service.service }])), ...services.flatMap((service) => (service.latest === null ? [{ kind: 'service' as const, value: service.service }] : deploymentEntities(service.latest)))]),
      signals: [...await stillRunningIn(client, services), ...signalsOf(services, clock.now(), await variableChanges(client, services.flatMap(({ latest }) => latest ?? [])))],
      links: [await client.link(`Environment ${environment.name} in Railway`)],
    }
  },
})

/** What services run whose latest deployments failed; asked only where one did. */
async function stillRunningIn(client: RailwayClient, services: readonly ServiceStatus[]): Promise<Signal[]> {
  const failed = services.filter(({ latest }) => latest?.status === 'FAILED').slice(0, 3)
  const histories = await Promise.all(failed.map(async ({ service }) => client.deployments({ service: await client.service(service), first: 20 })))
  return histories.flatMap(({ deployments }) => stillRunning(deployments.map(summaryOf)))
}

function statusText(service: ServiceStatus, now: Date): string {
  const { latest } = service
  const state = latest === null ? 'no deployment' : `${latest.status}${service.stopped ? ' (stopped)' : ''} since ${utc(latest.createdAt)} (${ago(latest.createdAt, now)} ago) ${latest.deployment} ${sourceText(latest)}`
  const cron = service.cron === null ? '' : `, cron "${service.cron}"${service.nextCronRunAt === null ? '' : ` next ${utc(service.nextCronRunAt)}`}`
  return `${service.service}: ${state}${service.replicas === null ? '' : `, ${service.replicas} replicas`}${cron}`
}

function signalsOf(services: readonly ServiceStatus[], now: Date, changed: ReadonlyMap<string, ChangedVariables>): Signal[] {
  const signals = services.flatMap((service): Signal[] => {
    const about = [{ kind: 'service' as const, value: service.service }]
    if (service.latest === null) return [makeSignal('absence', 1, `${service.service} has never been deployed in this environment.`, { about })]
    if (service.replicas === 0) return [makeSignal('state', 2, `${service.service} runs 0 replicas.`, { about })]
    if (service.stopped && !isBroken(service.latest.status)) return [makeSignal('state', 2, `${service.service}: its latest deployment of ${utc(service.latest.createdAt)} is stopped.`, { about: deploymentEntities(service.latest) })]
    return [deploymentSignal(service.latest, now, changed.get(service.latest.deployment)), ...cronSignal(service)]
  }).sort((a, b) => b.severity - a.severity)
  if (signals.some((signal) => signal.kind !== 'change' && signal.severity > 0)) return signals
  return [...signals, makeSignal('healthy', 0, `The latest deployments of all ${services.length} services are up.`, { about: services.map(({ service }) => ({ kind: 'service', value: service })) })]
}

/** What runs on a schedule is easily forgotten, so it is said. */
function cronSignal(service: ServiceStatus): Signal[] {
  if (service.cron === null) return []
  const next = service.nextCronRunAt === null ? '' : `, next at ${utc(service.nextCronRunAt)}`
  return [makeSignal('state', 0, `${service.service} runs on the schedule "${service.cron}"${next}.`, { about: [{ kind: 'service', value: service.service }, { kind: 'cronjob', value: service.service }], says: '' })]
}
