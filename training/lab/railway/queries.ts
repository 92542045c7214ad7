import type { RailwayDeployment } from '../../../src/core/world/railway.ts'
import { stableUuid } from '../stable-id.ts'
import { connection, type PageArguments } from './connection.ts'
import { deploymentEventViews } from './deployment-view.ts'
import { domainsView } from './domain-view.ts'
import type { Estate, Place, PlacedLine, RailwayProject } from './estate.ts'
import { dnsLogView, filterableDns, filterableHttp, flowLogView, httpLogView, logView, selectLines, type LogWindow } from './logs.ts'
import { httpDurations, httpMetrics, httpMetricsByStatus, resourceMetrics, type HttpMetricsArguments, type MetricsArguments } from './metrics.ts'
import { deploymentViews, environmentView, instanceView, oneDeploymentView, projectView, serviceView, volumeInstanceView, workspaceView } from './project-views.ts'
import { variablesOf } from './variables.ts'

/** Something a query names is not there; Railway says which kind of thing. */
export class RailwayNotFound extends Error {
  constructor(kind: string) {
    super(`${kind} not found`)
  }
}

function found<T>(value: T | undefined, kind: string): T {
  if (value === undefined) throw new RailwayNotFound(kind)
  return value
}

type ById = { id: string }
type AtPlace = { environmentId: string; serviceId: string }

/** The fields of `Query` that the world answers, each a function of its arguments. */
export function createQueries(estate: Estate): Record<string, unknown> {
  return { ...projectQueries(estate), ...deploymentQueries(estate), ...logQueries(estate), ...metricQueries(estate), ...stateQueries(estate) }
}

function projectQueries(estate: Estate): Record<string, unknown> {
  const projectOf = (id: string): RailwayProject => found(estate.project(id), 'Project')
  const environmentOf = (id: string) => found(estate.environment(id), 'Environment')
  return {
    me: () => {
      const [person] = estate.world.header.people
      return { id: stableUuid('railway:me'), name: person?.name ?? 'Lab', email: person?.email ?? 'lab@example.com', username: person?.login ?? 'lab', workspaces: [workspaceView(estate)] }
    },
    apiToken: () => ({ workspaces: [estate.world.railway.workspace] }),
    workspace: () => workspaceView(estate),
    projects: (page: PageArguments) => connection(estate.projects.map((project) => projectView(estate, project)), page),
    project: ({ id }: ById) => projectView(estate, projectOf(id)),
    environment: ({ id }: ById) => {
      const { project, environment } = environmentOf(id)
      return environmentView(estate, project, environment)
    },
    environments: ({ projectId, ...page }: { projectId: string } & PageArguments) => {
      const project = projectOf(projectId)
      return connection(project.environments.map((environment) => environmentView(estate, project, environment)), page)
    },
    service: ({ id }: ById) => {
      const { project, service } = found(estate.service(id), 'Service')
      return serviceView(estate, project, service)
    },
    serviceInstance: ({ environmentId, serviceId }: AtPlace) => instanceView(estate, found(estate.place(environmentId, serviceId), 'ServiceInstance')),
    volumeInstance: ({ id }: ById) => {
      const all = estate.projects.flatMap((project) => project.volumes.map((volume) => volumeInstanceView(estate, project, volume)))
      return found(all.find((view) => view.id === id), 'VolumeInstance')
    },
  }
}

interface DeploymentsArguments extends PageArguments {
  readonly input: {
    readonly projectId?: string | null
    readonly environmentId?: string | null
    readonly serviceId?: string | null
    readonly status?: { readonly in?: readonly string[] | null; readonly notIn?: readonly string[] | null } | null
  }
}

function deploymentQueries(estate: Estate): Record<string, unknown> {
  const deploymentOf = (id: string): Place & { deployment: RailwayDeployment } => found(estate.deployment(id), 'Deployment')
  return {
    deployment: ({ id }: ById) => found(oneDeploymentView(estate, id), 'Deployment'),
    deployments: ({ input, ...page }: DeploymentsArguments) => {
      const { projectId, environmentId, serviceId, status } = input
      if (projectId) found(estate.project(projectId), 'Project')
      const views = estate.projects.filter(({ id }) => !projectId || id === projectId).flatMap((project) => deploymentViews(estate, project))
      const chosen = views.filter((view) =>
        (!environmentId || view['environmentId'] === environmentId) && (!serviceId || view['serviceId'] === serviceId)
        && (!status?.in || status.in.includes(String(view['status']))) && !status?.notIn?.includes(String(view['status'])))
      return connection(chosen, page)
    },
    deploymentEvents: ({ id, ...page }: ById & PageArguments) => connection(deploymentEventViews(deploymentOf(id).deployment), page),
  }
}

function logQueries(estate: Estate): Record<string, unknown> {
  const written = (source: PlacedLine['line']['source'], deploymentId: string): PlacedLine[] => {
    const { deployment } = found(estate.deployment(deploymentId), 'Deployment')
    return estate.lines(source).filter((line) => line.deployment.id === deployment.id)
  }
  const within = (source: PlacedLine['line']['source'], { environmentId, serviceId }: { environmentId: string; serviceId?: string | null }): PlacedLine[] => {
    const { environment } = found(estate.environment(environmentId), 'Environment')
    return estate.lines(source).filter((line) => line.environment.id === environment.id && (!serviceId || line.service.id === serviceId))
  }
  type OfDeployment = LogWindow & { deploymentId: string }
  type OfEnvironment = LogWindow & { environmentId: string; serviceId?: string | null }
  return {
    buildLogs: (args: OfDeployment) => selectLines(written('railway.build', args.deploymentId), args).map(logView),
    deploymentLogs: (args: OfDeployment) => selectLines(written('railway.deploy', args.deploymentId), args).map(logView),
    environmentLogs: (args: OfEnvironment) => selectLines(within('railway.deploy', args), args).map(logView),
    httpLogs: (args: OfDeployment) => selectLines(written('railway.http', args.deploymentId), args, filterableHttp).map(httpLogView),
    dnsQueryLogs: (args: OfEnvironment) => selectLines(within('railway.dns', args), args, filterableDns).map(dnsLogView),
    networkFlowLogs: (args: OfEnvironment) => selectLines(within('railway.flow', args), args).map((line) => flowLogView(line, estate)),
  }
}

function metricQueries(estate: Estate): Record<string, unknown> {
  const requests = (args: HttpMetricsArguments): PlacedLine[] => {
    found(estate.place(args.environmentId, args.serviceId), 'ServiceInstance')
    return estate.lines('railway.http')
  }
  return {
    httpMetrics: (args: HttpMetricsArguments) => httpMetrics(requests(args), args),
    httpMetricsGroupedByStatus: (args: HttpMetricsArguments) => httpMetricsByStatus(requests(args), args),
    httpDurationMetrics: (args: HttpMetricsArguments) => httpDurations(requests(args), args),
    metrics: (args: MetricsArguments) => resourceMetrics(estate, args),
    serviceInstanceLimits: ({ environmentId, serviceId }: AtPlace) => {
      const { cpu, memoryGb } = estate.instance(found(estate.place(environmentId, serviceId), 'ServiceInstance')).limits
      return { containers: { cpu, memoryBytes: memoryGb * 1_000_000_000 } }
    },
  }
}

interface EventsArguments extends PageArguments {
  readonly projectId: string
  readonly environmentId?: string | null
  readonly filter?: Readonly<Record<string, { readonly in?: readonly string[] | null; readonly notIn?: readonly string[] | null } | null>> | null
}

/** The project's activity as nodes of the type `Event`, newest first. */
function activityViews(estate: Estate, { projectId, environmentId, filter }: EventsArguments): { id: string }[] {
  const project = found(estate.project(projectId), 'Project')
  const passes = (name: string, value: string): boolean =>
    (filter?.[name]?.in?.includes(value) ?? true) && !filter?.[name]?.notIn?.includes(value)
  return project.activity
    .filter(({ at, action, object }) => Date.parse(at) <= estate.now().getTime() && passes('action', action) && passes('object', object))
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))
    .map(({ id, at, action, object, environment: name, actor, payload }) => {
      const environment = project.environments.find((candidate) => candidate.name === name)
      const activityPayload = { ...payload, ...(actor !== undefined && { actor }) }
      return {
        id, createdAt: at, action, object, severity: 'INFO', projectId, project: () => projectView(estate, project), payload: activityPayload, activityPayload,
        environmentId: environment?.id ?? null, environment: () => (environment ? environmentView(estate, project, environment) : null),
      }
    })
    .filter((view) => !environmentId || view.environmentId === environmentId)
}

function stateQueries(estate: Estate): Record<string, unknown> {
  const variables = ({ environmentId, serviceId, unrendered }: { environmentId: string; serviceId?: string | null; unrendered?: boolean | null }) => {
    found(estate.environment(environmentId), 'Environment')
    return serviceId ? variablesOf(estate, found(estate.place(environmentId, serviceId), 'ServiceInstance'), unrendered === true) : {}
  }
  const customDomains = () => estate.projects.flatMap((project) => estate.places(project)).flatMap((place) => domainsView(estate, place).customDomains)
  return {
    variables,
    variablesForServiceDeployment: variables,
    domains: ({ environmentId, serviceId }: AtPlace) => domainsView(estate, found(estate.place(environmentId, serviceId), 'ServiceInstance')),
    customDomain: ({ id }: ById) => found(customDomains().find((domain) => domain.id === id), 'CustomDomain'),
    events: (args: EventsArguments) => connection(activityViews(estate, args), args),
    environmentStagedChanges: ({ environmentId }: { environmentId: string }) => {
      const { project, environment } = found(estate.environment(environmentId), 'Environment')
      const staged = project.stagedChanges.find((change) => change.environment === environment.name)
      const at = staged?.at ?? project.createdAt
      return {
        id: stableUuid(`staged:${environment.id}`), status: staged?.status ?? 'STAGED', patch: staged?.patch ?? {}, environmentId,
        environment: () => environmentView(estate, project, environment), createdAt: at, updatedAt: at,
      }
    },
    // A world has no sandboxes; Railway's own SDK asks for them.
    sandboxes: ({ environmentId, ...page }: { environmentId: string } & PageArguments) => {
      found(estate.environment(environmentId), 'Environment')
      return connection([], page)
    },
    sandbox: () => null,
    platformStatus: () => {
      const { stable, incident, maintenance } = estate.world.railway.platform
      return { isStable: stable, incident: incident ?? null, maintenance: maintenance ?? null }
    },
  }
}
