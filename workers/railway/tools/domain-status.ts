import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { sends, serviceField } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'

const Answer = z.object({
  domains: z.object({
    serviceDomains: z.array(z.object({ domain: z.string(), targetPort: z.number().nullish() })),
    customDomains: z.array(z.object({
      domain: z.string(), targetPort: z.number().nullish(),
      status: z.object({
        verified: z.boolean(), certificateStatus: z.string(), certificateErrorMessage: z.string().nullish(),
        dnsRecords: z.array(z.object({ hostlabel: z.string(), requiredValue: z.string(), currentValue: z.string(), status: z.string() })),
      }),
    })),
  }),
})
const Domain = z.object({ domain: z.string(), custom: z.boolean(), targetPort: z.number().nullable(), problems: z.array(z.string()) })
type Domain = z.infer<typeof Domain>

export const domainStatus = defineTool<RailwayClient>()({
  name: 'railway_domain_status',
  title: 'Domains of a service',
  useWhen: 'Use when a host does not resolve, shows a certificate error or reaches the wrong port.',
  input: z.object({ service: serviceField }),
  output: z.object({ service: z.string(), domains: z.array(Domain) }),
  operations: sends('domains'),
  async run({ service: name }, { client }) {
    const [service, environment] = await Promise.all([client.service(name), client.environment()])
    const { domains } = await client.query('domains', { p: client.projectId, e: environment.id, s: service.id }, Answer)
    const all: Domain[] = [
      ...domains.customDomains.map((custom) => ({ domain: custom.domain, custom: true, targetPort: custom.targetPort ?? null, problems: problemsOf(custom.status) })),
      ...domains.serviceDomains.map((given) => ({ domain: given.domain, custom: false, targetPort: given.targetPort ?? null, problems: [] })),
    ].sort((a, b) => b.problems.length - a.problems.length)
    const about = { kind: 'service' as const, value: service.name }
    const signals = all.flatMap((domain): Signal[] => (domain.problems.length === 0 ? [] : [makeSignal('state', 3, `${domain.domain} of ${service.name}: ${domain.problems.join('; ')}.`, { about: [{ kind: 'domain', value: domain.domain }, about] })]))
    return {
      structured: { service: service.name, domains: all },
      text: all.length === 0 ? `${service.name} has no domain: it cannot be reached from outside.` : [`Domains of ${service.name}:`, ...all.map((domain) => `${domain.domain} (${domain.custom ? 'custom' : 'given by Railway'}) port ${domain.targetPort ?? 'default'}: ${domain.problems.length === 0 ? 'fine' : domain.problems.join('; ')}`)].join('\n'),
      entities: distinctEntities([about, ...all.map(({ domain }) => ({ kind: 'domain' as const, value: domain }))]),
      signals: signals.length > 0 ? signals : [makeSignal(all.length === 0 ? 'absence' : 'healthy', 0, all.length === 0 ? `${service.name} has no domain.` : `All ${all.length} domains of ${service.name} are verified and have valid certificates.`, { about: [about] })],
      links: [await client.link(`Networking of ${service.name}`, { service: service.id, tab: 'settings' })],
    }
  },
})

function problemsOf(status: z.infer<typeof Answer>['domains']['customDomains'][number]['status']): string[] {
  return [
    ...(status.verified ? [] : ['not verified']),
    ...(status.certificateStatus === 'CERTIFICATE_STATUS_TYPE_VALID' ? [] : [`certificate ${status.certificateStatus.replace('CERTIFICATE_STATUS_TYPE_', '').toLowerCase().replaceAll('_', ' ')}${status.certificateErrorMessage ? `: ${status.certificateErrorMessage}` : ''}`]),
    ...status.dnsRecords.filter((record) => record.status === 'DNS_RECORD_STATUS_REQUIRES_UPDATE').map((record) => `DNS record ${record.hostlabel} is "${record.currentValue}" but must be "${record.requiredValue}"`),
  ]
}
