import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Signal } from '../../../src/core/signal.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { clip, utc } from '../../kit/plain-text.ts'
import { variableChanges } from '../activity.ts'
import { deploymentField, sends } from '../arguments.ts'
import { buildErrors } from '../build-errors.ts'
import type { RailwayClient } from '../client.ts'
import { deploymentEntities, DeploymentMeta, deploymentSignal, DeploymentSummary, deploymentText, isBroken, summaryOf } from '../deployments.ts'

const Answer = z.object({
  deployment: z.object({
    id: z.string(), status: z.string(), createdAt: z.string(), statusUpdatedAt: z.string().nullish(), deploymentStopped: z.boolean(), diagnosis: z.unknown(),
    meta: DeploymentMeta, url: z.string().nullish(), serviceId: z.string().nullish(), instances: z.array(z.object({ id: z.string(), status: z.string() })),
    creator: z.object({ name: z.string().nullish() }).nullish(),
  }),
})
const Events = z.object({
  deploymentEvents: z.object({
    edges: z.array(z.object({
      node: z.object({
        step: z.string(), createdAt: z.string(), completedAt: z.string().nullish(),
        payload: z.object({ error: z.string().nullish(), reason: z.string().nullish(), attempt: z.number().nullish(), maxAttempts: z.number().nullish(), durationMs: z.number().nullish() }).nullish(),
      }),
    })),
  }),
})
const Step = z.object({ step: z.string(), at: z.string(), completedAt: z.string().nullable(), error: z.string().nullable(), attempts: z.string().nullable() })
type Step = z.infer<typeof Step>

export const getDeployment = defineTool<RailwayClient>()({
  name: 'railway_get_deployment',
  title: 'A deployment and its steps',
  useWhen: 'Use when a deployment failed, crashed or is a suspect: each step with its error, instances, diagnosis, commit.',
  input: z.object({ deployment: deploymentField }),
  output: z.object({ deployment: DeploymentSummary, stopped: z.boolean(), instances: z.array(z.string()), diagnosis: z.string().nullable(), steps: z.array(Step) }),
  operations: sends('get_deployment', 'deployment_events', 'build_logs', 'activity'),
  async run({ deployment: id }, { client, clock }) {
    const [{ deployment }, { deploymentEvents }, { services }] = await Promise.all([
      client.query('get_deployment', { id }, Answer), client.query('deployment_events', { id, first: 50 }, Events), client.names(),
    ])
    const summary = summaryOf({ ...deployment, service: services.find((service) => service.id === deployment.serviceId)?.name ?? '' })
    const steps = deploymentEvents.edges.map(({ node }): Step => ({
      step: node.step,
      at: node.createdAt,
      completedAt: node.completedAt ?? null,
      error: node.payload?.error ?? node.payload?.reason ?? null,
      attempts: node.payload?.attempt ? `${node.payload.attempt} of ${node.payload.maxAttempts ?? '?'}` : null,
    }))
    const diagnosis = diagnosisText(deployment.diagnosis)
    const instances = deployment.instances.map((instance) => instance.status)
    const stopped = summary.status === 'FAILED' ? await buildErrors(client, summary) : []
    return {
      structured: { deployment: summary, stopped: deployment.deploymentStopped, instances, diagnosis, steps },
      text: [
        deploymentText(summary), `instances: ${instances.join(', ') || 'none'}${deployment.deploymentStopped ? '; stopped' : ''}`,
        ...(diagnosis === null ? [] : [`diagnosis: ${diagnosis}`]), 'steps:', ...steps.map(stepText),
        ...(stopped.length === 0 ? [] : ['build log:', ...stopped.map(({ text }) => `  ${text}`)]),
      ].join('\n'),
      entities: distinctEntities(deploymentEntities(summary)),
      signals: [...stopped, deploymentSignal(summary, clock.now(), (await variableChanges(client, [summary])).get(id)), ...signalsOf(summary, steps, instances, diagnosis)],
      links: [await client.link(`Deployment of ${summary.service}`, { service: deployment.serviceId ?? undefined, deployment: id })],
    }
  },
})

function stepText(step: Step): string {
  const end = step.completedAt === null ? 'not finished' : `finished ${utc(step.completedAt)}`
  return `  ${utc(step.at)} ${step.step} ${end}${step.attempts === null ? '' : `, attempt ${step.attempts}`}${step.error === null ? '' : ` ERROR ${clip(step.error, 400)}`}`
}

/** Railway's own diagnosis is a loose object or a text. */
function diagnosisText(diagnosis: unknown): string | null {
  if (diagnosis === null || diagnosis === undefined || diagnosis === '') return null
  return clip(typeof diagnosis === 'string' ? diagnosis : JSON.stringify(diagnosis), 600)
}

function signalsOf(summary: DeploymentSummary, steps: readonly Step[], instances: readonly string[], diagnosis: string | null): Signal[] {
  const about = deploymentEntities(summary)
  const failed = steps.filter((step) => step.error !== null).map((step) => makeSignal('error', 3, `${summary.service}: deployment of ${utc(summary.createdAt)} failed at ${step.step}${step.attempts === null ? '' : ` (attempt ${step.attempts})`}: ${clip(step.error ?? '', 240)}`, { about, says: step.error ?? '', at: step.at }))
  const down = instances.filter((status) => status === 'CRASHED' || status === 'RESTARTING')
  return [
    ...failed,
    ...(diagnosis === null ? [] : [makeSignal('error', isBroken(summary.status) ? 3 : 2, `${summary.service}: Railway’s diagnosis: ${clip(diagnosis, 240)}`, { about, says: diagnosis, at: summary.createdAt })]),
    ...(down.length === 0 ? [] : [makeSignal('state', 3, `${summary.service}: ${down.length} of ${instances.length} instances are ${[...new Set(down)].join(' or ')}.`, { about, says: '' })]),
  ]
}
