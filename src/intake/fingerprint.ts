import { createHash } from 'node:crypto'
import type { Alert } from '../core/alert.ts'

/**
 * What makes two alerts one incident: the Sentry issue of an organisation, else the metric alert's title, else the post
 * itself (a question is never merged with another).
 */
export function fingerprintOf(alert: Alert): string {
  const { sentry, place } = alert
  if (alert.kind === 'issue' && sentry?.issueId !== undefined) return `issue:${sentry.organization ?? ''}:${sentry.issueId}`
  if (alert.kind === 'issue' && sentry?.shortId !== undefined) return `issue:${sentry.organization ?? ''}:${sentry.shortId}`
  if (alert.kind === 'metric') return `metric:${sentry?.organization ?? ''}:${sentry?.ruleId ?? digest(alert.title)}`
  return place ? `post:${place.channel}:${place.threadTs}:${digest(alert.text)}` : `alert:${alert.id}`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
