import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { extractEntities } from '../../kit/extract-entities.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { sends, serviceField } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'

const Config = z.object({
  startCommand: z.string().nullish(), buildCommand: z.string().nullish(), builder: z.string().nullish(), preDeployCommand: z.unknown(),
  healthcheckPath: z.string().nullish(), healthcheckTimeout: z.number().nullish(), restartPolicyType: z.string().nullish(), restartPolicyMaxRetries: z.number().nullish(),
  numReplicas: z.number().nullish(), region: z.string().nullish(), cronSchedule: z.string().nullish(), nextCronRunAt: z.string().nullish(), sleepApplication: z.boolean().nullish(),
  rootDirectory: z.string().nullish(), railwayConfigFile: z.string().nullish(), source: z.object({ repo: z.string().nullish(), image: z.string().nullish() }).nullish(), updatedAt: z.string().nullish(),
})
const Answer = z.object({ serviceInstance: Config })
const Limits = z.object({ serviceInstanceLimits: z.looseObject({ containers: z.looseObject({ cpu: z.number().optional(), memoryBytes: z.number().optional() }).optional() }).nullish() })

export const getServiceConfig = defineTool<RailwayClient>()({
  name: 'railway_get_service_config',
  title: 'Configuration of a service',
  useWhen: 'Use when you suspect how a service is set up: commands, health check, restart policy, replicas, cron schedule, source.',
  input: z.object({ service: serviceField }),
  output: z.object({ service: z.string(), settings: z.record(z.string(), z.string()) }),
  operations: sends('service_config', 'service_limits'),
  async run({ service: name }, { client }) {
    const [service, environment] = await Promise.all([client.service(name), client.environment()])
    const at = { e: environment.id, s: service.id }
    const [{ serviceInstance: config }, { serviceInstanceLimits: limits }] = await Promise.all([
      client.query('service_config', at, Answer),
      client.query('service_limits', at, Limits).catch(() => ({ serviceInstanceLimits: null })),
    ])
    const settings = settingsOf(config, limits?.containers)
    const about = entitiesOf(service.name, config)
    const command = settings['startCommand'] ?? settings['cronSchedule']
    return {
      structured: { service: service.name, settings },
      text: [`Configuration of ${service.name} in ${environment.name}:`, ...Object.entries(settings).map(([key, value]) => `${key}: ${value}`)].join('\n'),
      entities: distinctEntities([...about, ...extractEntities(Object.values(settings).join('\n'))]),
      signals: [
        ...(config.numReplicas === 0 ? [makeSignal('state', 2, `${service.name} is configured for 0 replicas.`, { about })] : []),
        ...(command === undefined ? [] : [makeSignal('state', 0, `${service.name} runs ${settings['startCommand'] ?? 'its image’s own command'}${config.cronSchedule ? ` on the schedule ${config.cronSchedule}` : ''}.`, { about })]),
      ],
      links: [await client.link(`Settings of ${service.name}`, { service: service.id, tab: 'settings' })],
    }
  },
})

function settingsOf(config: z.infer<typeof Config>, limits: { cpu?: number | undefined; memoryBytes?: number | undefined } | undefined): Record<string, string> {
  const { source, preDeployCommand, ...plain } = config
  const settings = Object.entries(plain).flatMap(([key, value]): [string, string][] => (value === null || value === undefined || value === '' ? [] : [[key, String(value)]]))
  const extra: [string, unknown][] = [
    ['repository', source?.repo], ['image', source?.image],
    ['preDeployCommand', Array.isArray(preDeployCommand) ? preDeployCommand.join(' && ') : preDeployCommand],
    ['cpuLimit', limits?.cpu], ['memoryLimitGB', limits?.memoryBytes === undefined ? undefined : limits.memoryBytes / 1e9],
  ]
  return Object.fromEntries([...settings, ...extra.flatMap(([key, value]): [string, string][] => (typeof value === 'string' || typeof value === 'number' ? [[key, String(value)]] : []))])
}

function entitiesOf(service: string, config: z.infer<typeof Config>): Entity[] {
  return [
    { kind: 'service', value: service },
    ...(config.source?.repo ? [{ kind: 'repository' as const, value: config.source.repo }] : []),
    ...(config.source?.image ? [{ kind: 'image' as const, value: config.source.image }] : []),
  ]
}
