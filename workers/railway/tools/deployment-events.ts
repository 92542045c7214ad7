import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { limitField, resolveWindow, windowFields } from '../../kit/window.ts'
import { sends, serviceField } from '../arguments.ts'
import { buildErrors } from '../build-errors.ts'
import type { RailwayClient } from '../client.ts'
import { deploymentEntities, DeploymentSummary, stillRunning, summaryOf } from '../deployments.ts'

const Answer = z.object({
  deploymentEvents: z.object({ edges: z.array(z.object({ node: z.object({
    step: z.string(), createdAt: z.string(), completedAt: z.string().nullish(),
    payload: z.object({ error: z.string().nullish(), reason: z.string().nullish(), attempt: z.number().nullish(), maxAttempts: z.number().nullish(), durationMs: z.number().nullish() }).nullish(),
  }) })) }),
})
const Step = z.object({ step: z.string(), at: z.string(), seconds: z.number().nullable().describe('null: not finished'), error: z.string().nullable() })
type Step = z.infer<typeof Step>
const Timeline = z.object({ deployment: DeploymentSummary, steps: z.array(Step) })
type Timeline = z.infer<typeof Timeline>

export const deploymentEvents = defineTool<RailwayClient>()({
  name: 'railway_deployment_events',
  title: 'Steps of a service’s deployments, compared',
  useWhen: 'Use when deployments fail, hang or take longer than they did: each step’s time and error, one deployment beside the next.',
  input: z.object({ service: serviceField, ...windowFields, limit: limitField(5, 10) }),
  output: z.object({ deployments: z.array(Timeline) }),
  operations: sends('list_deployments', 'deployment_events', 'build_logs'),
  async run({ service: name, limit, ...range }, { client, clock }) {
    const window = resolveWindow(range, clock, { defaultMinutes: 30 * 24 * 60, maxMinutes: 90 * 24 * 60 })
    const service = await client.service(name)
    const page = await client.deployments({ service, first: 50 })
    const within = page.deployments.map(summaryOf).filter(({ createdAt }) => new Date(createdAt) >= window.start && new Date(createdAt) <= window.end)
    const timelines = await Promise.all(within.slice(0, limit).map(async (deployment): Promise<Timeline> => ({ deployment, steps: stepsOf(await client.query('deployment_events', { id: deployment.deployment, first: 50 }, Answer)) })))
    const head = `Steps of ${service.name}’s deployments, ${utc(window.start)} to ${utc(window.end)}`
    const about = [{ kind: 'service' as const, value: service.name }]
    // Steps say that the build failed, its log says at what: once is enough, where it broke.
    const live = timelines.findIndex(({ deployment }) => !['FAILED', 'SKIPPED'].includes(deployment.status))
    const broken = timelines.slice(0, live === -1 ? timelines.length : live).findLast(({ deployment }) => deployment.status === 'FAILED')?.deployment
    const stopped = broken === undefined ? [] : await buildErrors(client, broken)
    const signals = [...stillRunning(within), ...stopped, ...timelines.flatMap((timeline, index) => timelineSignals(timeline, timelines.slice(index + 1)))]
    return {
      structured: { deployments: timelines },
      text: timelines.length === 0 ? `${head}: nothing was deployed.` : [`${head}, newest first:`, ...timelines.map(timelineText), ...stopped.map(({ text }) => text)].join('\n'),
      entities: distinctEntities([...about, ...timelines.flatMap(({ deployment }) => deploymentEntities(deployment))]),
      signals: signals.length > 0 ? signals : [makeSignal(timelines.length === 0 ? 'absence' : 'healthy', 0, timelines.length === 0 ? `${head}: nothing was deployed.` : `No step of ${timelines.length} deployments of ${service.name} failed or took much longer than before.`, { about })],
      links: [await client.link(`Deployments of ${service.name}`, { service: service.id })],
      truncated: within.length > limit || (page.cursor !== undefined && within.length === page.deployments.length),
    }
  },
})

function stepsOf({ deploymentEvents: { edges } }: z.infer<typeof Answer>): Step[] {
  return edges.map(({ node: { step, createdAt, completedAt, payload } }) => {
    const milliseconds = payload?.durationMs ?? (completedAt ? new Date(completedAt).getTime() - new Date(createdAt).getTime() : null)
    const attempts = payload?.attempt ? ` (attempt ${payload.attempt} of ${payload.maxAttempts ?? '?'})` : ''
    const error = payload?.error ?? payload?.reason ?? null
    return { step, at: createdAt, seconds: milliseconds === null ? null : Math.round(milliseconds / 1_000), error: error === null ? null : `${error}${attempts}` }
  })
}

function timelineText({ deployment, steps }: Timeline): string {
  const told = steps.map(({ step, seconds, error }) => `${step} ${seconds === null ? 'not finished' : `${seconds} s`}${error === null ? '' : ` ERROR ${clip(error, 300)}`}`)
  return `${utc(deployment.createdAt)} ${deployment.deployment} ${deployment.status}: ${told.join(', ') || 'no steps'}`
}

const UNDER_WAY = new Set(['BUILDING', 'DEPLOYING', 'INITIALIZING', 'QUEUED', 'WAITING'])
/** A step is slow when it takes twice what it took at most before, and a minute more. */
const SLOWER = { factor: 2, seconds: 60 }

function timelineSignals({ deployment, steps }: Timeline, earlier: readonly Timeline[]): Signal[] {
  const about = deploymentEntities(deployment)
  const where = `${deployment.service}: deployment of ${utc(deployment.createdAt)}${deployment.commit === null ? '' : ` (${deployment.commit.slice(0, 12)})`}`
  return steps.flatMap(({ step, at, seconds, error }): Signal[] => {
    if (error !== null) return [makeSignal('error', 3, `${where} failed at ${step}: ${clip(error, 240).replace(/\.$/, '')}.`, { about, says: error, at })]
    if (seconds === null) return UNDER_WAY.has(deployment.status) ? [makeSignal('state', 1, `${where} is at ${step} since ${utc(at)}.`, { about, says: '', at })] : []
    const before = earlier.flatMap((one) => one.steps.filter((other) => other.step === step && other.error === null).flatMap((other) => other.seconds ?? []))
    const most = before.length === 0 ? null : Math.max(...before)
    if (most === null || seconds < most * SLOWER.factor || seconds < most + SLOWER.seconds) return []
    return [makeSignal('anomaly', 1, `${where} took ${seconds} s at ${step}, where ${most} s was the most before.`, { about, says: '', at })]
  })
}
