import type { Clock } from '../../../src/core/time.ts'
import type { LogLine } from '../../../src/core/world/logs.ts'
import { RailwayInstance, type RailwayDeployment, type RailwayWorld } from '../../../src/core/world/railway.ts'
import type { World } from '../../../src/core/world/world.ts'
import { stableUuid } from '../stable-id.ts'

export type RailwayProject = RailwayWorld['projects'][number]
export type RailwayEnvironment = RailwayProject['environments'][number]
export type RailwayService = RailwayProject['services'][number]

/** A service in an environment, with the ids that a world leaves to its names. */
export interface Place {
  readonly project: RailwayProject
  readonly environment: RailwayEnvironment
  readonly service: RailwayService
}

/** A log line with its place; `deployment` is the one that wrote it. */
export interface PlacedLine extends Place {
  readonly deployment: RailwayDeployment
  readonly line: LogLine
  readonly at: number
}

/** The world's Railway part, found by id and seen at the clock's time: what lies in its future is not there yet. */
export interface Estate {
  readonly world: World
  readonly now: () => Date
  readonly projects: readonly RailwayProject[]
  project(id: string): RailwayProject | undefined
  environment(id: string): { project: RailwayProject; environment: RailwayEnvironment } | undefined
  service(id: string): { project: RailwayProject; service: RailwayService } | undefined
  place(environmentId: string, serviceId: string): Place | undefined
  /** The places of one project, in its own order. */
  places(project: RailwayProject): Place[]
  /** How the place is configured; with Railway's defaults where the world says nothing. */
  instance(place: Place): RailwayInstance
  /** Newest first. */
  deployments(project: RailwayProject): RailwayDeployment[]
  deployment(id: string): (Place & { deployment: RailwayDeployment }) | undefined
  /** Lines of one source written so far, oldest first. */
  lines(source: LogLine['source']): PlacedLine[]
}

/** The id of a deployment's only, or `index`-th, replica. */
export function replicaId(deploymentId: string, index = 0): string {
  return stableUuid(`replica:${deploymentId}:${index}`)
}

/** Indexes the Railway part of `world` once; reads answer by `clock`. */
export function createEstate(world: World, clock: Clock): Estate {
  const { projects } = world.railway
  const past = (time: string): boolean => Date.parse(time) <= clock.now().getTime()
  const places = (project: RailwayProject): Place[] =>
    project.instances.flatMap(({ environment: environmentName, service: serviceName }) => {
      const environment = project.environments.find(({ name }) => name === environmentName)
      const service = project.services.find(({ name }) => name === serviceName)
      return environment && service ? [{ project, environment, service }] : []
    })
  const deployments = new Map<string, Place & { deployment: RailwayDeployment }>()
  for (const project of projects) {
    for (const deployment of project.deployments) {
      const environment = project.environments.find(({ name }) => name === deployment.environment)
      const service = project.services.find(({ name }) => name === deployment.service)
      if (environment && service) deployments.set(deployment.id, { project, environment, service, deployment })
    }
  }
  const linesBySource = placeLines(world.logs, deployments)
  return {
    world,
    now: () => clock.now(),
    projects,
    project: (id) => projects.find((project) => project.id === id),
    environment: (id) => firstOf(projects, (project) => project.environments.filter((environment) => environment.id === id).map((environment) => ({ project, environment }))),
    service: (id) => firstOf(projects, (project) => project.services.filter((service) => service.id === id).map((service) => ({ project, service }))),
    place: (environmentId, serviceId) =>
      firstOf(projects, (project) => places(project).filter(({ environment, service }) => environment.id === environmentId && service.id === serviceId)),
    places,
    instance: ({ project, environment, service }) =>
      project.instances.find((instance) => instance.environment === environment.name && instance.service === service.name)
      ?? RailwayInstance.parse({ environment: environment.name, service: service.name }),
    deployments: (project) =>
      project.deployments.filter(({ createdAt }) => past(createdAt)).toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt)),
    deployment: (id) => {
      const found = deployments.get(id)
      return found && past(found.deployment.createdAt) ? found : undefined
    },
    lines: (source) => (linesBySource.get(source) ?? []).filter(({ at }) => at <= clock.now().getTime()),
  }
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => readonly R[]): R | undefined {
  return items.flatMap(find)[0]
}

function placeLines(logs: readonly LogLine[], deployments: ReadonlyMap<string, Place & { deployment: RailwayDeployment }>): Map<string, PlacedLine[]> {
  const placed = new Map<string, PlacedLine[]>()
  for (const line of logs) {
    const home = deployments.get(String(line.fields['deployment']))
    if (!line.source.startsWith('railway.') || !home) continue
    const lines = placed.get(line.source) ?? []
    lines.push({ ...home, line, at: Date.parse(line.time) })
    placed.set(line.source, lines)
  }
  for (const lines of placed.values()) lines.sort((a, b) => a.at - b.at)
  return placed
}
