import { stableUuid } from '../stable-id.ts'
import { connection, type PageArguments } from './connection.ts'
import { deploymentView } from './deployment-view.ts'
import type { Estate, Place, RailwayEnvironment, RailwayProject, RailwayService } from './estate.ts'
import { domainsView } from './domain-view.ts'

type View = { readonly id: string } & Record<string, unknown>

/** A project as the type `Project`. */
export function projectView(estate: Estate, project: RailwayProject): View {
  const base = project.environments[0]
  return {
    id: project.id,
    name: project.name,
    description: project.description,
    createdAt: project.createdAt,
    updatedAt: estate.deployments(project)[0]?.createdAt ?? project.createdAt,
    deletedAt: null,
    isPublic: false,
    isTempProject: false,
    prDeploys: project.environments.some(({ ephemeral }) => ephemeral),
    workspaceId: estate.world.railway.workspace.id,
    workspace: () => workspaceView(estate),
    baseEnvironmentId: base?.id ?? null,
    baseEnvironment: () => (base ? environmentView(estate, project, base) : null),
    primaryEnvironmentId: base?.id ?? null,
    subscriptionType: 'pro',
    environments: (page: PageArguments & { isEphemeral?: boolean | null }) =>
      connection(project.environments.filter(({ ephemeral }) => page.isEphemeral == null || ephemeral === page.isEphemeral).map((environment) => environmentView(estate, project, environment)), page),
    services: (page: PageArguments) => connection(project.services.map((service) => serviceView(estate, project, service)), page),
    volumes: (page: PageArguments) => connection(project.volumes.map((volume) => volumeView(estate, project, volume)), page),
    deployments: (page: PageArguments) => connection(deploymentViews(estate, project), page),
  }
}

/** The world's workspace as the type `Workspace`. */
export function workspaceView(estate: Estate): View {
  const { id, name } = estate.world.railway.workspace
  return {
    id,
    name,
    plan: 'PRO',
    projectCount: estate.projects.length,
    projects: (page: PageArguments) => connection(estate.projects.map((project) => projectView(estate, project)), page),
  }
}

/** An environment as the type `Environment`. */
export function environmentView(estate: Estate, project: RailwayProject, environment: RailwayEnvironment): View {
  const here = ({ environment: name }: { environment: string }): boolean => name === environment.name
  return {
    id: environment.id,
    name: environment.name,
    projectId: project.id,
    isEphemeral: environment.ephemeral,
    canAccess: true,
    createdAt: project.createdAt,
    updatedAt: estate.deployments(project).find(here)?.createdAt ?? project.createdAt,
    deletedAt: null,
    unmergedChangesCount: project.stagedChanges.filter(here).length,
    serviceInstances: (page: PageArguments) =>
      connection(estate.places(project).filter((place) => place.environment.id === environment.id).map((place) => instanceView(estate, place)), page),
    volumeInstances: (page: PageArguments) => connection(project.volumes.filter(here).map((volume) => volumeInstanceView(estate, project, volume)), page),
    deployments: (page: PageArguments) => connection(deploymentViews(estate, project, here), page),
  }
}

/** A service as the type `Service`. */
export function serviceView(estate: Estate, project: RailwayProject, service: RailwayService): View {
  return {
    id: service.id,
    name: service.name,
    projectId: project.id,
    project: () => projectView(estate, project),
    createdAt: service.createdAt,
    updatedAt: service.createdAt,
    deletedAt: null,
    serviceInstances: (page: PageArguments) =>
      connection(estate.places(project).filter((place) => place.service.id === service.id).map((place) => instanceView(estate, place)), page),
    deployments: (page: PageArguments) => connection(deploymentViews(estate, project, (deployment) => deployment.service === service.name), page),
  }
}

/** Deployments of a project as nodes of the type `Deployment`, newest first. */
export function deploymentViews(estate: Estate, project: RailwayProject, keep: (deployment: { service: string; environment: string; status: string }) => boolean = () => true): View[] {
  return estate.deployments(project).filter(keep).flatMap(({ id }) => oneDeploymentView(estate, id) ?? [])
}

/** The deployment with this id as the type `Deployment`; undefined when there is none yet. */
export function oneDeploymentView(estate: Estate, id: string): View | undefined {
  const found = estate.deployment(id)
  if (!found) return undefined
  const { project, environment, service } = found
  return deploymentView(estate, found, { environment: () => environmentView(estate, project, environment), service: () => serviceView(estate, project, service) })
}

/** A service in an environment as the type `ServiceInstance`. */
export function instanceView(estate: Estate, place: Place): View {
  const { project, environment, service } = place
  const instance = estate.instance(place)
  const deployments = deploymentViews(estate, project, (deployment) => deployment.service === service.name && deployment.environment === environment.name)
  return {
    id: stableUuid(`instance:${environment.id}:${service.id}`),
    serviceId: service.id,
    serviceName: service.name,
    service: () => serviceView(estate, project, service),
    environmentId: environment.id,
    createdAt: service.createdAt,
    updatedAt: deployments[0]?.['createdAt'] ?? service.createdAt,
    deletedAt: null,
    startCommand: instance.startCommand,
    buildCommand: instance.buildCommand,
    builder: instance.builder,
    preDeployCommand: instance.preDeployCommand === undefined ? null : [instance.preDeployCommand],
    healthcheckPath: instance.healthcheckPath,
    healthcheckTimeout: instance.healthcheckTimeout,
    restartPolicyType: instance.restartPolicy,
    restartPolicyMaxRetries: instance.restartMaxRetries,
    numReplicas: instance.replicas,
    region: instance.region,
    cronSchedule: instance.cron,
    nextCronRunAt: instance.nextCronRunAt,
    sleepApplication: instance.sleep,
    rootDirectory: instance.rootDirectory,
    railwayConfigFile: null,
    isUpdatable: true,
    watchPatterns: [],
    source: instance.repository === undefined && instance.image === undefined ? null : { repo: instance.repository, image: instance.image },
    latestDeployment: deployments[0] ?? null,
    activeDeployments: deployments.filter((deployment) => deployment['status'] === 'SUCCESS' || deployment['status'] === 'SLEEPING'),
    domains: () => domainsView(estate, place),
  }
}

type RailwayVolume = RailwayProject['volumes'][number]

function volumeView(estate: Estate, project: RailwayProject, volume: RailwayVolume): View {
  return {
    id: volume.id,
    name: volume.name,
    createdAt: project.createdAt,
    projectId: project.id,
    project: () => projectView(estate, project),
    volumeInstances: (page: PageArguments) => connection([volumeInstanceView(estate, project, volume)], page),
  }
}

/** A volume where it is mounted, as the type `VolumeInstance`; sizes in MB. */
export function volumeInstanceView(estate: Estate, project: RailwayProject, volume: RailwayVolume): View {
  const place = estate.places(project).find(({ environment, service }) => environment.name === volume.environment && service.name === volume.service)
  return {
    id: stableUuid(`volume-instance:${volume.id}`),
    volumeId: volume.id,
    volume: () => volumeView(estate, project, volume),
    environmentId: place?.environment.id ?? '',
    environment: () => (place ? environmentView(estate, project, place.environment) : null),
    serviceId: place?.service.id ?? null,
    service: () => (place ? serviceView(estate, project, place.service) : null),
    createdAt: project.createdAt,
    deletedAt: null,
    mountPath: volume.mountPath,
    sizeMB: Math.round(volume.sizeMb),
    currentSizeMB: volume.usedMb,
    state: volume.state,
    region: (place && estate.instance(place).region),
    isPendingDeletion: false,
    externalId: null,
  }
}
