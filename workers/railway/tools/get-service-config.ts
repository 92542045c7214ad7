import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
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
    return {
      structured: { service: service.name, settings },
      text: [`Configuration of ${service.name} in ${environment.name}:`, ...Object.entries(settings).map(([key, value]) => `${key}: ${value}`)].join('\n'),
      entities: distinctEntities([...about, ...Object.keys(settings).map((key): Entity => ({ kind: 'variable', value: key })), ...extractEntities(Object.values(settings).join('\n'))]),
      signals: configSignals(service.name, config, settings),
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

/** What is set, as context, a setting a line and by its name; what keeps a service from serving, louder. */
function configSignals(service: string, config: z.infer<typeof Config>, settings: Readonly<Record<string, string>>): Signal[] {
  const setting = (name: string): Entity => ({ kind: 'variable', value: name })
  const about = entitiesOf(service, config)
  const { startCommand, preDeployCommand, cronSchedule: cron } = settings as Partial<Record<string, string>>
  const { healthcheckPath: path, healthcheckTimeout: wait, restartPolicyType: policy, restartPolicyMaxRetries: retries } = config
  const say = (text: string, ...names: readonly string[]): Signal => makeSignal('state', 0, text, { about: [...names.map(setting), { kind: 'service', value: service }], says: text })
  return [
    ...(config.numReplicas === 0 ? [makeSignal('state', 2, `${service} is configured for 0 replicas.`, { about: [...about, setting('numReplicas')], says: '' })] : []),
    ...(config.sleepApplication === true ? [makeSignal('state', 1, `${service} sleeps when nobody asks (sleepApplication): the first request after waits for its start.`, { about: [...about, setting('sleepApplication')], says: '' })] : []),
    ...(policy === 'NEVER' && !cron ? [makeSignal('state', 1, `${service} is never restarted when it stops (restartPolicyType NEVER).`, { about: [...about, setting('restartPolicyType')], says: '' })] : []),
    ...(path ? [say(`healthcheckTimeout of ${service}: ${wait ?? '300 (Railway’s default)'} seconds for the first answer of ${path} (healthcheckPath).`, 'healthcheckTimeout', 'healthcheckPath')] : []),
    ...(startCommand === undefined && !cron ? [] : [makeSignal('state', 0, `${service} runs ${startCommand ?? 'its image’s own command'}${cron ? ` on the schedule ${cron}` : ''}.`, { about })]),
    ...(preDeployCommand === undefined ? [] : [say(`${service} runs ${preDeployCommand} before each deployment.`, 'preDeployCommand')]),
    ...(policy === 'ON_FAILURE' && retries !== null && retries !== undefined ? [say(`restartPolicyMaxRetries of ${service}: ${retries} restarts after failures.`, 'restartPolicyMaxRetries')] : []),
  ]
}

function entitiesOf(service: string, config: z.infer<typeof Config>): Entity[] {
  return [
    { kind: 'service', value: service },
    ...(config.source?.repo ? [{ kind: 'repository' as const, value: config.source.repo }] : []),
    ...(config.source?.image ? [{ kind: 'image' as const, value: config.source.image }] : []),
  ]
}
