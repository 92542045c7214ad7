import type { SentryProject, SentryState } from '../state.ts'
import { sentryTime } from '../time-window.ts'

/** The organisation; `origin` is where this Sentry is reached, which clients follow as `regionUrl`. */
export function organizationView({ sentry, world }: SentryState, origin: string): Record<string, unknown> {
  const { organization } = sentry
  return {
    id: organization.id, slug: organization.slug, name: organization.name, status: { id: 'active', name: 'active' }, dateCreated: sentryTime(organization.createdAt),
    isEarlyAdopter: false, require2FA: false, requireEmailVerification: false, avatar: { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null },
    links: { organizationUrl: origin, regionUrl: origin }, hasAuthProvider: false, allowMemberInvite: true, allowMemberProjectCreation: true, allowSuperuserAccess: false,
    features: ['discover-basic', 'performance-view', 'session-replay', 'ourlogs-enabled', 'crons', 'uptime'], onboardingTasks: [], access, hideAiFeatures: true,
    orgRole: 'member', role: 'member', pendingAccessRequests: 0, quota: {}, defaultRole: 'member', dataScrubber: true, isDefault: false, memberCount: world.header.people.length,
  }
}

const access = ['org:read', 'project:read', 'team:read', 'event:read', 'member:read', 'alerts:read']

function teamReference({ sentry }: SentryState, project: SentryProject): Record<string, unknown>[] {
  return sentry.teams.filter((team) => team.slug === project.team).map(({ id, slug, name }) => ({ id, slug, name }))
}

/** A team, as the team list shows it. */
export function teamView(state: SentryState, team: SentryState['sentry']['teams'][number]): Record<string, unknown> {
  return {
    ...team, dateCreated: sentryTime(state.sentry.organization.createdAt), isMember: true, teamRole: null, flags: { 'idp:provisioned': false }, access, hasAccess: true, isPending: false,
    memberCount: state.world.header.people.length, avatar: { avatarType: 'letter_avatar', avatarUuid: null },
    projects: state.sentry.projects.filter((project) => project.team === team.slug).map((project) => projectView(state, project)), externalTeams: [],
  }
}

/** A project, as issue lists embed it. */
export function projectReference(project: SentryProject): Record<string, unknown> {
  return { id: project.id, name: project.name, slug: project.slug, platform: project.platform }
}

/** A project, as the project list and monitors show it. */
export function projectView(state: SentryState, project: SentryProject): Record<string, unknown> {
  const { sentry } = state
  const events = sentry.issues.filter((issue) => issue.project === project.slug)
  const first = events.map((issue) => issue.firstSeen).toSorted((one, other) => Date.parse(one) - Date.parse(other))[0]
  const [release] = sentry.releases.filter((each) => each.projects.includes(project.slug)).toSorted((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt))
  const teams = teamReference(state, project)
  const spans = sentry.traces.some((trace) => trace.spans.some((span) => span.project === project.slug))
  return {
    ...projectReference(project), dateCreated: sentryTime(project.createdAt), isBookmarked: false, isMember: true, isInternal: false, isPublic: false,
    avatar: { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null }, color: '#3fbf7f', status: 'active', features: ['alert-filters', 'releases', 'similarity-view'],
    firstEvent: first === undefined ? null : sentryTime(first), firstTransactionEvent: spans, access, hasAccess: true, hasFeedbacks: false, hasFlags: false, hasMinifiedStackTrace: false,
    hasMonitors: sentry.monitors.some((monitor) => monitor.project === project.slug), hasNewFeedbacks: false, hasProfiles: false,
    hasReplays: sentry.replays.some((replay) => replay.project === project.slug), hasSessions: release?.health !== undefined, hasInsightsHttp: spans, hasInsightsDb: spans,
    hasInsightsAssets: false, hasInsightsAppStart: false, hasInsightsScreenLoad: false, hasInsightsVitals: false, hasInsightsCaches: false, hasInsightsQueues: false,
    hasInsightsAgentMonitoring: false, hasInsightsMCP: false, hasLogs: state.rows('logs').some((row) => row.project === project.slug), hasTraceMetrics: false,
    team: teams[0] ?? null, teams, platforms: [project.platform], hasUserReports: false, environments: environmentsOf(state, project.slug), latestRelease: release === undefined ? null : { version: release.version },
  }
}

/** The environments a project's events came from, or of all projects; sorted. */
export function environmentsOf(state: SentryState, slug?: string): string[] {
  const rows = (['errors', 'spans', 'logs'] as const).flatMap((name) => state.rows(name))
  const names = rows.filter((row) => slug === undefined || row.project === slug).flatMap((row) => row.environment ?? [])
  return [...new Set(names)].toSorted()
}

/** A project's own page: what `projectView` says, and its settings at Sentry's defaults. */
export function projectDetail(state: SentryState, project: SentryProject, origin: string): Record<string, unknown> {
  return {
    ...projectView(state, project), options: {}, digestsMinDelay: 300, digestsMaxDelay: 1800, subjectPrefix: '', allowedDomains: ['*'], resolveAge: 0, dataScrubber: true,
    dataScrubberDefaults: true, safeFields: [], storeCrashReports: null, sensitiveFields: [], subjectTemplate: '$shortID - $title', securityToken: '', securityTokenHeader: null,
    verifySSL: false, scrubIPAddresses: false, scrapeJavaScript: true, enableAutoReleaseCreation: true, highlightTags: [], highlightContext: {}, highlightPreset: { tags: [], context: {} },
    groupingConfig: 'newstyle:2026-01-20', derivedGroupingEnhancements: '', groupingEnhancements: '', secondaryGroupingExpiry: 0, secondaryGroupingConfig: null, fingerprintingRules: '',
    organization: organizationView(state, origin), plugins: [], processingIssues: 0, defaultEnvironment: null, relayPiiConfig: null, builtinSymbolSources: [], dynamicSamplingBiases: null,
    symbolSources: '[]', isDynamicallySampled: false, tempestFetchScreenshots: false, autofixAutomationTuning: 'off', seerScannerAutomation: false, seerNightshiftTweaks: null,
    scmSourceContextEnabled: false, debugFilesRole: null, eventProcessing: { symbolicationDegraded: false }, relayCustomMetricCardinalityLimit: null,
  }
}
