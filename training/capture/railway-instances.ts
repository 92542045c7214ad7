import { z } from 'zod'
import { RailwayInstance } from '../../src/core/world/railway.ts'
import { hostsOf, isPlain } from '../../workers/railway/variable-facts.ts'
import type { Asked, RailwayNames } from './railway-answers.ts'

const Text = z.string().nullish()
const Whole = z.number().nullish()
const Settings = z.object({
  startCommand: Text, buildCommand: Text, builder: Text, preDeployCommand: z.union([z.string(), z.array(z.string())]).nullish(), healthcheckPath: Text, healthcheckTimeout: Whole, restartPolicyType: Text,
  restartPolicyMaxRetries: Whole, numReplicas: Whole, region: Text, cronSchedule: Text, nextCronRunAt: Text, sleepApplication: z.boolean().nullish(), rootDirectory: Text, source: z.object({ repo: Text, image: Text }).nullish(),
})
const Status = z.object({ environment: z.object({ id: z.string(), serviceInstances: z.object({ edges: z.array(z.object({ node: Settings.partial().extend({ serviceId: z.string() }) })) }) }) })
const Limits = z.object({ serviceInstanceLimits: z.object({ containers: z.object({ cpu: z.number().optional(), memoryBytes: z.number().optional() }).optional() }).nullable() })
const Domain = z.object({ domain: z.string(), targetPort: Whole })
const Domains = z.object({
  domains: z.object({
    serviceDomains: z.array(Domain),
    customDomains: z.array(Domain.extend({ status: z.object({ verified: z.boolean().nullish(), certificateStatus: Text, certificateErrorMessage: Text }).nullish() })),
  }),
})
const Metric = z.object({ measurement: z.string(), tags: z.object({ serviceId: Text }).nullish(), values: z.array(z.object({ ts: z.number(), value: z.number() })) })

/** Every service in every environment that was asked about, as it is configured. */
export function instancesOf(asked: Asked, names: RailwayNames, now: Date): RailwayInstance[] {
  const places = new Map<string, Record<string, unknown>>()
  const at = (environmentId: unknown, serviceId: unknown): Record<string, unknown> | undefined => {
    const [environment, service] = [names.environment(String(environmentId)), names.service(String(serviceId))]
    if (environment === undefined || service === undefined) return undefined
    const key = `${environment}\0${service}`
    const known = places.get(key) ?? { environment, service }
    places.set(key, known)
    return known
  }
  const tell = (environmentId: unknown, serviceId: unknown, facts: object): void => void Object.assign(at(environmentId, serviceId) ?? {}, facts)
  for (const { data: { environment } } of asked('environment_status', Status)) for (const { node } of environment.serviceInstances.edges) tell(environment.id, node.serviceId, settingsOf(node))
  for (const { variables, data } of asked('service_config', z.object({ serviceInstance: Settings }))) tell(variables['e'], variables['s'], settingsOf(data.serviceInstance))
  for (const { variables, data } of asked('service_limits', Limits)) tell(variables['e'], variables['s'], limitsOf(data.serviceInstanceLimits?.containers))
  for (const { variables, data } of asked('domains', Domains)) tell(variables['e'], variables['s'], domainsOf(data.domains))
  for (const { variables, data } of asked('variables', z.object({ variables: z.record(z.string(), z.string()) }))) {
    const own = Object.entries(data.variables).filter(([name]) => !/^RAILWAY_(?:PROJECT|ENVIRONMENT|SERVICE)_(?:ID|NAME)$/.test(name))
    tell(variables['e'], variables['s'], { variables: Object.fromEntries(own.map(([name, value]) => [name, withoutValue(name, value)])) })
  }
  addMetrics(asked, at, now)
  return [...places.values()].flatMap((place) => RailwayInstance.safeParse(place).data ?? [])
}

function settingsOf(settings: Partial<z.output<typeof Settings>>): object {
  const { restartPolicyType, restartPolicyMaxRetries, numReplicas, cronSchedule, sleepApplication, source, preDeployCommand, ...same } = settings
  const facts = {
    ...same, restartPolicy: restartPolicyType, restartMaxRetries: restartPolicyMaxRetries, replicas: numReplicas, cron: cronSchedule, sleep: sleepApplication, image: source?.image, repository: source?.repo,
    preDeployCommand: Array.isArray(preDeployCommand) ? preDeployCommand.join(' && ') : preDeployCommand,
  }
  return Object.fromEntries(Object.entries(facts).filter(([name, value]) => value !== null && value !== undefined && !['serviceId', 'latestDeployment'].includes(name)))
}

function limitsOf(containers: { cpu?: number | undefined; memoryBytes?: number | undefined } | undefined): object {
  return containers?.cpu === undefined || containers.memoryBytes === undefined ? {} : { limits: { cpu: containers.cpu, memoryGb: containers.memoryBytes / 1e9 } }
}

function domainsOf({ serviceDomains, customDomains }: z.output<typeof Domains>['domains']): object {
  const port = (targetPort: number | null | undefined): object => (typeof targetPort === 'number' ? { targetPort } : {})
  return {
    domains: [
      ...serviceDomains.map(({ domain, targetPort }) => ({ domain, custom: false, ...port(targetPort) })),
      ...customDomains.map(({ domain, targetPort, status }) => ({
        domain, custom: true, ...port(targetPort), verified: status?.verified ?? true, ...(status?.certificateStatus && { certificate: status.certificateStatus }),
        ...(status?.certificateErrorMessage && { certificateError: status.certificateErrorMessage }),
      })),
    ],
  }
}

/** Of a variable's value only what a tool may tell: plain settings, what it refers to, hosts inside, and how it is visibly broken. */
function withoutValue(name: string, value: string): string {
  if (value.trim() === '' || isPlain(name, value)) return value
  const hosts = hostsOf(name, value)
  const named = hosts.length === 1 && value.toLowerCase() === hosts[0] ? hosts : hosts.map((host) => `tcp://${host}`)
  const inside = [...value.matchAll(/\$\{\{[^}]*\}\}|\b[a-z0-9][a-z0-9-]*\.railway\.internal\b/gi)].map(([found]) => found).filter((found) => !hosts.some((host) => host.startsWith(found.toLowerCase())))
  const told = [...named, ...inside].join(' ')
  const kept = told === '' ? 'value' : told
  const quote = /^(["']).*\1$/s.exec(value)?.[1] ?? ''
  return `${value.startsWith(' ') ? ' ' : ''}${quote}${kept}${quote}${/\s$/.test(value) ? ' ' : ''}`
}

function addMetrics(asked: Asked, at: (environmentId: unknown, serviceId: unknown) => Record<string, unknown> | undefined, now: Date): void {
  const answers = [...asked('usage_by_service', z.object({ metrics: z.array(Metric) })), ...asked('resource_metrics', z.object({ metrics: z.array(Metric) }))]
  for (const { variables, data } of answers.toSorted((one, other) => Number(other.variables['rate'] ?? 0) - Number(one.variables['rate'] ?? 0))) {
    for (const { measurement, tags, values } of data.metrics) {
      const place = at(variables['e'], tags?.serviceId ?? variables['s'])
      if (place === undefined || !['CPU_USAGE', 'MEMORY_USAGE_GB', 'NETWORK_RX_GB', 'NETWORK_TX_GB', 'DISK_USAGE_GB'].includes(measurement)) continue
      const metrics = z.record(z.string(), z.array(z.tuple([z.string(), z.number()]))).catch({}).parse(place['metrics'])
      const fresh = values.filter(({ ts }) => ts * 1000 <= now.getTime()).map(({ ts, value }): [string, number] => [new Date(ts * 1000).toISOString(), value])
      // The finest samples come last; they stand for their whole span.
      const spanned = new Set(fresh.map(([time]) => time))
      const [first, last] = [fresh[0]?.[0] ?? '', fresh.at(-1)?.[0] ?? '']
      const kept = (metrics[measurement] ?? []).filter(([time]) => !spanned.has(time) && (time < first || time > last))
      place['metrics'] = { ...metrics, [measurement]: [...kept, ...fresh].toSorted(([one], [other]) => (one < other ? -1 : 1)) }
    }
  }
}
