import type { MarkupLink } from './mrkdwn-text.ts'

/** What an address inside Sentry says: only the parts that its path and query really hold. */
export interface SentryLink {
  readonly url: string
  readonly label: string
  readonly organization?: string
  readonly issueId?: string
  readonly eventId?: string
  /** Of a metric alert's rule page. */
  readonly metricRuleId?: string
  readonly ruleId?: string
}

/** Sentry's own regions look like organisations in front of `.sentry.io`. */
const notOrganizations = new Set(['www', 'us', 'de', 'eu'])

/** Whether an address is on Sentry's cloud or on one of `hosts` (self-hosted Sentry). */
export function onSentry(url: string, hosts: readonly string[]): boolean {
  const host = URL.parse(url)?.hostname
  if (host === undefined) return false
  return host === 'sentry.io' || host.endsWith('.sentry.io') || hosts.includes(host)
}

/** Reads a link of a Sentry post: `ORG.sentry.io/issues/ID/[events/EVENT/]`, `…/organizations/ORG/…`, rule pages. */
export function readSentryLink({ url, label }: MarkupLink): SentryLink {
  const address = URL.parse(url)
  if (!address) return { url, label }
  const { hostname, pathname, searchParams } = address
  const subdomain = hostname.endsWith('.sentry.io') ? hostname.slice(0, -'.sentry.io'.length) : undefined
  const organization = /\/organizations\/([\w-]+)/.exec(pathname)?.[1] ?? (subdomain === undefined || notOrganizations.has(subdomain) ? undefined : subdomain)
  const parts = {
    organization,
    issueId: /\/issues\/(\d+)/.exec(pathname)?.[1],
    eventId: /\/events\/([0-9a-f]{32})/i.exec(pathname)?.[1],
    metricRuleId: /\/alerts\/rules\/details\/(\d+)/.exec(pathname)?.[1],
    ruleId: searchParams.get('alert_rule_id') ?? searchParams.get('workflow_id') ?? undefined,
  }
  return { url, label, ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) }
}
