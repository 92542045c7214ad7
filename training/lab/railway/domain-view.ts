import { stableUuid } from '../stable-id.ts'
import type { Estate, Place } from './estate.ts'

/** The domains of a service in an environment as the type `AllDomains`. */
export function domainsView(estate: Estate, place: Place): { serviceDomains: object[]; customDomains: ({ id: string } & Record<string, unknown>)[] } {
  const domains = estate.instance(place).domains
  const common = (domain: string) => ({
    id: stableUuid(`domain:${domain}`),
    domain,
    projectId: place.project.id,
    environmentId: place.environment.id,
    serviceId: place.service.id,
    createdAt: place.service.createdAt,
    updatedAt: place.service.createdAt,
    deletedAt: null,
    syncStatus: 'ACTIVE',
  })
  return {
    serviceDomains: domains.filter(({ custom }) => !custom).map(({ domain, targetPort }) => ({ ...common(domain), targetPort: targetPort ?? null, suffix: domain.slice(domain.indexOf('.') + 1) })),
    customDomains: domains.filter(({ custom }) => custom).map(({ domain, targetPort, verified, certificate, certificateError }) => ({
      ...common(domain),
      targetPort: targetPort ?? null,
      isRailwayDomain: false,
      status: {
        verified,
        certificateStatus: certificate,
        certificateErrorMessage: certificateError ?? null,
        certificateErrorType: null,
        certificateRetryable: certificateError === undefined ? null : true,
        certificates: [],
        cdnProvider: null,
        dnsRecords: [dnsRecord(domain, verified)],
        verificationDnsHost: null,
        verificationToken: null,
      },
    })),
  }
}

function dnsRecord(domain: string, verified: boolean): object {
  const required = `${stableUuid(`cname:${domain}`).slice(0, 8)}.up.railway.app`
  const zone = domain.split('.').slice(-2).join('.')
  return {
    hostlabel: domain === zone ? '@' : domain.slice(0, -zone.length - 1),
    fqdn: domain,
    zone,
    recordType: 'DNS_RECORD_TYPE_CNAME',
    purpose: 'DNS_RECORD_PURPOSE_TRAFFIC_ROUTE',
    requiredValue: required,
    currentValue: verified ? required : '',
    status: verified ? 'DNS_RECORD_STATUS_PROPAGATED' : 'DNS_RECORD_STATUS_REQUIRES_UPDATE',
  }
}
