import type { RailwayDeployment } from '../../../src/core/world/railway.ts'
import { stableUuid } from '../stable-id.ts'
import { replicaId, type Estate, type Place } from './estate.ts'

const ended = new Set<RailwayDeployment['status']>(['CRASHED', 'FAILED', 'REMOVED', 'SKIPPED'])
const replicaStatus: Partial<Record<RailwayDeployment['status'], string>> = {
  CRASHED: 'CRASHED', REMOVED: 'REMOVED', REMOVING: 'REMOVING', SLEEPING: 'STOPPED', SUCCESS: 'RUNNING', DEPLOYING: 'INITIALIZING', INITIALIZING: 'CREATED', SKIPPED: 'SKIPPED', FAILED: 'EXITED',
}

/** `meta` as Railway fills it: where the code or image came from, and how it was asked to run. */
function meta(estate: Estate, place: Place, { commit, image, reason }: RailwayDeployment): object {
  const instance = estate.instance(place)
  return {
    reason,
    ...(commit && { repo: instance.repository, branch: commit.branch, commitHash: commit.sha, commitMessage: commit.message, commitAuthor: commit.author }),
    ...(image !== undefined && { image }),
    rootDirectory: instance.rootDirectory,
    serviceManifest: {
      build: { builder: instance.builder, buildCommand: instance.buildCommand },
      deploy: {
        startCommand: instance.startCommand,
        numReplicas: instance.replicas,
        region: instance.region,
        healthcheckPath: instance.healthcheckPath,
        healthcheckTimeout: instance.healthcheckTimeout,
        restartPolicyType: instance.restartPolicy,
        restartPolicyMaxRetries: instance.restartMaxRetries,
        cronSchedule: instance.cron,
        sleepApplication: instance.sleep,
      },
    },
  }
}

function creatorView(estate: Estate, creator: string | undefined): object | null {
  if (creator === undefined) return null
  const person = estate.world.header.people.find(({ name, login, email }) => [name, login, email].includes(creator))
  return { id: stableUuid(`user:${creator}`), name: person?.name ?? creator, email: person?.email ?? `${creator}@example.com`, avatar: null }
}

/** Ways from a deployment to the views of what it belongs to, taken only when a query asks. */
export interface DeploymentLinks {
  readonly environment: () => object
  readonly service: () => object
}

/** A deployment as the type `Deployment`. */
export function deploymentView(estate: Estate, { deployment, ...place }: Place & { deployment: RailwayDeployment }, links: DeploymentLinks): { id: string } & Record<string, unknown> {
  const instance = estate.instance(place)
  const domain = instance.domains[0]?.domain ?? null
  const status = replicaStatus[deployment.status]
  return {
    id: deployment.id,
    status: deployment.status,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    statusUpdatedAt: deployment.updatedAt,
    deploymentStopped: ended.has(deployment.status),
    canRedeploy: true,
    canRollback: deployment.status === 'REMOVED' || deployment.status === 'SUCCESS',
    diagnosis: deployment.diagnosis ?? null,
    creator: creatorView(estate, deployment.creator),
    instances: status ? Array.from({ length: instance.replicas }, (_, index) => ({ id: replicaId(deployment.id, index), status })) : [],
    meta: meta(estate, place, deployment),
    projectId: place.project.id,
    environmentId: place.environment.id,
    environment: links.environment,
    serviceId: place.service.id,
    service: links.service,
    snapshotId: stableUuid(`snapshot:${deployment.id}`),
    sockets: [],
    staticUrl: domain,
    url: domain,
    suggestAddServiceDomain: domain === null,
  }
}

/** A deployment's steps as nodes of the type `DeploymentEvent`, oldest first. */
export function deploymentEventViews(deployment: RailwayDeployment): { id: string }[] {
  return deployment.events.map(({ step, at, completedAt, error }, index) => ({
    id: stableUuid(`event:${deployment.id}:${index}`),
    step,
    createdAt: at,
    completedAt: completedAt ?? null,
    payload: {
      error: error ?? null,
      reason: null,
      detail: null,
      attempt: null,
      maxAttempts: null,
      skipped: null,
      durationMs: completedAt === undefined ? null : Date.parse(completedAt) - Date.parse(at),
    },
  }))
}
