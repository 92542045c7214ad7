import { daysAgo, type Draft, railwayProject, someone } from './draft.ts'
import { addEndpoint, addNamespace } from './kubernetes-objects.ts'
import { wholeSecond } from './moments.ts'
import { addRepository, commit } from './repository.ts'
import type { Service, ServiceSpec } from './service-record.ts'

/** A service of the company: its repository, Sentry project, who-is-who card, and its place on Railway or in the cluster. Not deployed yet. */
export function addService(draft: Draft, spec: ServiceSpec): Service {
  const createdAt = spec.createdAt ?? daysAgo(draft, draft.random.int(200, 600))
  const service: Service = {
    name: spec.name,
    spec,
    owner: spec.owner ?? someone(draft),
    namespace: spec.namespace ?? 'default',
    port: spec.port ?? 8080,
    createdAt,
    releases: [],
  }
  addRepository(draft, spec.name, { at: createdAt, description: spec.description, files: baseFiles(spec) })
  commit(draft, spec.name, { at: daysAgo(draft, draft.random.int(60, 150)), message: 'Read settings from the environment once', files: spec.files })
  if (spec.sentry !== false) addSentryProject(draft, service)
  if (spec.runs === 'railway') addRailwayService(draft, service)
  else addKubernetesService(draft, service)
  draft.world.header.services.push({
    name: spec.name,
    owner: service.owner,
    repository: `${draft.organization.slug}/${spec.name}`,
    dependsOn: [...(spec.dependsOn ?? [])],
    ...(spec.sentry === false ? {} : { sentryProject: spec.name }),
    ...(spec.runs === 'railway' ? { railwayService: spec.name } : { kubernetes: { namespace: service.namespace, workload: spec.name } }),
  })
  draft.services.set(spec.name, service)
  return service
}

function baseFiles(spec: ServiceSpec): Record<string, string> {
  const start = spec.startCommand ?? (spec.platform === 'python' ? `python -m ${spec.name.replaceAll('-', '_')}` : 'node src/server.js')
  const manifest =
    spec.platform === 'python'
      ? { 'pyproject.toml': `[project]\nname = "${spec.name}"\nrequires-python = ">=3.12"\n` }
      : { 'package.json': `${JSON.stringify({ name: spec.name, private: true, type: 'module', scripts: { start } }, null, 2)}\n` }
  return {
    'README.md': `# ${spec.name}\n\n${spec.description}\n\nStart: \`${start}\`. Listens on port ${spec.port ?? 8080}.\n`,
    Dockerfile: `FROM ${spec.platform === 'python' ? 'python:3.12-slim' : 'node:24-slim'}\nWORKDIR /app\nCOPY . .\nCMD ${JSON.stringify(start.split(' '))}\n`,
    ...manifest,
  }
}

function addSentryProject(draft: Draft, service: Service): void {
  draft.world.sentry.projects.push({
    id: String(4_505_000_000_000_000 + draft.random.int(1, 999_999_999)),
    slug: service.name,
    name: service.name,
    platform: service.spec.platform ?? 'node',
    createdAt: service.createdAt,
  })
}

function addRailwayService(draft: Draft, service: Service): void {
  const { spec } = service
  const project = railwayProject(draft)
  project.services.push({ id: draft.random.uuid(), name: spec.name, createdAt: service.createdAt })
  const start = spec.startCommand ?? (spec.platform === 'python' ? `python -m ${spec.name.replaceAll('-', '_')}` : 'node src/server.js')
  project.instances.push({
    service: spec.name,
    environment: 'production',
    startCommand: start,
    builder: 'RAILPACK',
    restartPolicy: spec.cron === undefined ? 'ON_FAILURE' : 'NEVER',
    restartMaxRetries: 10,
    replicas: spec.replicas ?? 1,
    region: 'europe-west4',
    sleep: false,
    repository: `${draft.organization.slug}/${spec.name}`,
    limits: { cpu: 4, memoryGb: (spec.memoryMb ?? 1024) / 1024 },
    variables: { ...spec.variables },
    metrics: {},
    domains:
      spec.cron === undefined
        ? [
            {
              domain: `${spec.name}-production.up.railway.example`,
              custom: false,
              targetPort: service.port,
              verified: true,
              certificate: 'CERTIFICATE_STATUS_TYPE_VALID',
            },
          ]
        : [],
    ...(spec.cron === undefined ? { healthcheckPath: '/healthz', healthcheckTimeout: 120 } : { cron: spec.cron }),
  })
}

function addKubernetesService(draft: Draft, service: Service): void {
  addNamespace(draft, service.namespace)
  if (service.spec.configMap !== undefined) {
    draft.world.kubernetes.objects.push({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: service.spec.configMap,
        namespace: service.namespace,
        uid: draft.random.uuid(),
        creationTimestamp: wholeSecond(service.createdAt),
        labels: { app: service.name },
      },
      data: { ...service.spec.variables },
    })
  }
  addEndpoint(draft, service)
}
