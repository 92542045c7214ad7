import { z } from 'zod'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { entityField } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { organizationRead } from '../operations.ts'
import type { ReleaseShape } from '../release-shapes.ts'
import { Release, releaseEntities, releaseLine, releaseOf } from '../release-view.ts'

const Deploy = z.object({ environment: z.string(), startedAt: z.string().nullable(), finishedAt: z.string().nullable() })
type Deploy = z.infer<typeof Deploy>
const Health = z.object({ project: z.string(), sessions: z.number().nullable(), crashFreeSessions: z.number().nullable(), crashFreeUsers: z.number().nullable(), adoption: z.number().nullable() })
type Health = z.infer<typeof Health>

/** One release: when it went where, what came with it, how its sessions fare. */
export const getRelease = defineTool<SentryClient>()({
  name: 'sentry_get_release',
  title: 'Get a release with its deploys',
  useWhen: 'Use when you have a release and need when it was deployed to which environment, its new issues and its health.',
  input: z.object({ release: entityField('release', 'Version as Sentry writes it') }),
  output: z.object({ release: Release, firstEvent: z.string().nullable(), lastEvent: z.string().nullable(), deploys: z.array(Deploy), health: z.array(Health) }),
  operations: [organizationRead('releases/{version}/'), organizationRead('releases/{version}/deploys/')],
  run: async (args, { client }) => {
    const [answer, deployed] = await Promise.all([client.release(args.release), client.deploys(args.release)])
    const release = releaseOf(answer, undefined)
    const deploys = deployed.map(({ environment, dateStarted, dateFinished }) => ({ environment: environment ?? 'unknown', startedAt: dateStarted ?? null, finishedAt: dateFinished ?? null }))
    const health = healthOf(answer)
    const { firstEvent = null, lastEvent = null } = answer
    return {
      structured: { release, firstEvent, lastEvent, deploys, health },
      text: [
        releaseLine(release), `Events: ${firstEvent === null ? 'none' : `first ${utc(firstEvent)}, last ${lastEvent === null ? '?' : utc(lastEvent)}`}.`,
        deploys.length === 0 ? 'No deploy was reported to Sentry.' : `Deploys: ${deploys.map(deployText).join('; ')}.`, ...health.map(healthText),
      ].join('\n'),
      entities: [...releaseEntities(release), ...deploys.map(({ environment, finishedAt }) => ({ kind: 'environment' as const, value: environment, ...(finishedAt === null ? {} : { at: finishedAt }) }))],
      signals: releaseSignals(release, deploys, health),
    }
  },
})

function healthOf({ projects }: z.output<typeof ReleaseShape>): Health[] {
  return (projects ?? []).flatMap(({ slug, healthData }) => (healthData === null || healthData === undefined ? [] : [{
    project: slug, sessions: healthData.totalSessions ?? null, crashFreeSessions: healthData.crashFreeSessions ?? null, crashFreeUsers: healthData.crashFreeUsers ?? null, adoption: healthData.adoption ?? null,
  }]))
}

function deployText({ environment, finishedAt }: Deploy): string {
  return `${environment} at ${finishedAt === null ? '?' : utc(finishedAt)}`
}

function healthText({ project, sessions, crashFreeSessions, crashFreeUsers, adoption }: Health): string {
  const percent = (value: number | null) => (value === null ? '?' : `${value.toFixed(2)} %`)
  return `Sessions of ${project}: ${sessions ?? '?'}, crash-free ${percent(crashFreeSessions)} (users ${percent(crashFreeUsers)}), adoption ${percent(adoption)}.`
}

function releaseSignals(release: Release, deploys: readonly Deploy[], health: readonly Health[]): Signal[] {
  const about = releaseEntities(release)
  const at = release.releasedAt ?? release.createdAt ?? undefined
  const out = deploys.map((deploy) => makeSignal('change', 1, `Release ${release.version} was deployed to ${deployText(deploy)}`, { at: deploy.finishedAt ?? undefined, about }))
  const appeared = release.newIssues === 0 ? [] : [makeSignal('anomaly', 1, `${release.newIssues} new issues appeared in release ${release.version}`, { at, count: release.newIssues, about })]
  const unwell = health.filter(({ crashFreeSessions }) => crashFreeSessions !== null && crashFreeSessions < 99).map((state) => makeSignal('state', 2, `Release ${release.version}: ${healthText(state)}`, { about, says: '' }))
  return [...(out.length > 0 ? out : [makeSignal('change', 1, `Release ${releaseLine(release)}`, { at, about })]), ...appeared, ...unwell]
}
