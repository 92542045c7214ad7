import type { Context, Hono } from 'hono'
import type { SentryWorld } from '../../../../src/core/world/sentry.ts'
import { notFound, pageResponse, paramsOf } from '../responses.ts'
import { projectFilter, projectOf, type SentryState } from '../state.ts'
import { parseSpan, sentryTime } from '../time-window.ts'

type Rule = SentryWorld['alertRules'][number]

function projectId(state: SentryState, rule: Rule): string {
  return projectOf(state, rule.project).id
}

/** A metric rule's condition, written `count() > 100 in 1h`, in its parts; the window in seconds. */
function metricOf({ condition }: Rule): { aggregate: string; threshold: number; seconds: number } {
  const [, aggregate = 'count()', threshold = '0', span = '1h'] = /^(\S+)\s*>\s*([\d.]+)(?:\s+in\s+(\d+[smhdw]))?/.exec(condition) ?? []
  return { aggregate, threshold: Number(threshold), seconds: (parseSpan(span) ?? 3_600_000) / 1000 }
}

/** What a detector watches: a metric that may pass a threshold, or that errors appear, which has no condition of its own. */
function detectorView(state: SentryState, rule: Rule): Record<string, unknown> {
  const created = sentryTime(state.sentry.organization.createdAt)
  const organizationId = state.sentry.organization.id
  const { aggregate, threshold, seconds } = metricOf(rule)
  const isMetric = rule.type === 'metric'
  const query = { id: `3${rule.id}`, dataset: 'events', query: '', aggregate, timeWindow: seconds, environment: null, eventTypes: ['error'] }
  return {
    id: `9${rule.id}`, projectId: projectId(state, rule), name: rule.name, type: isMetric ? 'metric_issue' : 'error', description: rule.condition, workflowIds: [rule.id], createdBy: null,
    dateCreated: created, dateUpdated: created,
    dataSources: isMetric ? [{ id: `4${rule.id}`, organizationId, type: 'snuba_query_subscription', sourceId: `2${rule.id}`, queryObj: { id: `2${rule.id}`, status: 0, subscription: null, snubaQuery: query } }] : null,
    conditionGroup: isMetric ? { id: `8${rule.id}`, organizationId, logicType: 'any', conditions: [{ id: `7${rule.id}`, type: 'gt', comparison: threshold, conditionResult: 75 }], actions: [] } : null,
    config: isMetric ? { detectionType: 'static' } : {}, enabled: rule.enabled, owner: null, alertRuleId: isMetric ? Number(rule.id) : null, ruleId: rule.type === 'issue' ? Number(rule.id) : null,
  }
}

/** What happens when a detector fires: here, that somebody is told. */
function workflowView(state: SentryState, rule: Rule): Record<string, unknown> {
  const created = sentryTime(state.sentry.organization.createdAt)
  return {
    id: rule.id, name: rule.name, organizationId: state.sentry.organization.id, createdBy: null, dateCreated: created, dateUpdated: created,
    triggers: { id: `6${rule.id}`, organizationId: state.sentry.organization.id, logicType: 'any-short', conditions: [{ id: `5${rule.id}`, type: rule.type === 'issue' ? 'first_seen_event' : 'issue_priority_greater_or_equal', comparison: rule.condition, conditionResult: true }], actions: [] },
    actionFilters: [], environment: null, config: { frequency: 30 }, detectorIds: [`9${rule.id}`], enabled: rule.enabled, lastTriggered: null, owner: null,
  }
}

function legacyView(state: SentryState, rule: Rule): Record<string, unknown> {
  const common = { id: rule.id, name: rule.name, projects: [rule.project], environment: null, owner: null, createdBy: null, dateCreated: sentryTime(state.sentry.organization.createdAt), snooze: false }
  if (rule.type === 'issue') return { ...common, type: 'rule', status: rule.enabled ? 'active' : 'disabled', actionMatch: 'any', filterMatch: 'all', frequency: 30, conditions: [{ id: 'sentry.rules.conditions.first_seen_event.FirstSeenEventCondition', name: rule.condition }], filters: [], actions: [], lastTriggered: null }
  const { aggregate, threshold, seconds } = metricOf(rule)
  return { ...common, type: 'alert_rule', status: rule.enabled ? 0 : 4, organizationId: state.sentry.organization.id, dataset: 'events', query: '', aggregate, timeWindow: seconds / 60, resolution: 1, thresholdType: 0, resolveThreshold: null, description: rule.condition, triggers: [{ id: `1${rule.id}`, label: 'critical', alertThreshold: threshold, actions: [] }] }
}

/** Alerts as Sentry documents them (workflows and detectors), and at the older addresses clients still use. */
export function addAlertRoutes(app: Hono, state: SentryState): void {
  const base = '/api/0/organizations/:org'
  const { alertRules } = state.sentry
  const visible = (c: Context, rules: readonly Rule[]): Rule[] => {
    const projects = projectFilter(c, state)
    const wanted = (paramsOf(c).get('query') ?? '').toLowerCase()
    return rules.filter((rule) => projects.has(rule.project) && (wanted.includes(':') || rule.name.toLowerCase().includes(wanted)))
  }
  const named = (id: string, rules: readonly Rule[] = alertRules): Rule => {
    const rule = rules.find((each) => each.id === id)
    if (rule === undefined) throw notFound()
    return rule
  }
  const metric = alertRules.filter((rule) => rule.type === 'metric')
  app.get(`${base}/workflows/`, (c) => pageResponse(c, visible(c, alertRules), (rule) => workflowView(state, rule)))
  app.get(`${base}/workflows/:rule/`, (c) => c.json(workflowView(state, named(c.req.param('rule')))))
  app.get(`${base}/detectors/`, (c) => pageResponse(c, visible(c, alertRules), (rule) => detectorView(state, rule)))
  app.get(`${base}/detectors/:rule/`, (c) => c.json(detectorView(state, named(c.req.param('rule').replace(/^9/, '')))))
  app.get(`${base}/combined-rules/`, (c) => pageResponse(c, visible(c, alertRules), (rule) => legacyView(state, rule)))
  app.get(`${base}/alert-rules/`, (c) => pageResponse(c, visible(c, metric), (rule) => legacyView(state, rule)))
  app.get(`${base}/alert-rules/:rule/`, (c) => c.json(legacyView(state, named(c.req.param('rule'), metric))))
  app.get('/api/0/projects/:org/:project/rules/', (c) => pageResponse(c, alertRules.filter((rule) => rule.type === 'issue' && rule.project === projectOf(state, c.req.param('project')).slug), (rule) => legacyView(state, rule)))
}
