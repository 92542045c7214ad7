import { z } from 'zod'
import { fail } from '../../src/core/errors.ts'
import type { Link } from '../../src/core/tool.ts'
import type { Clock } from '../../src/core/time.ts'
import { createJsonClient } from '../kit/http-json.ts'
import { clip } from '../kit/plain-text.ts'
import { documents, GRAPHQL_PATH } from './documents.ts'
import type { DocumentName } from './documents.ts'
import { Deployments } from './deployments.ts'
import type { Deployment } from './deployments.ts'
import { NameCache } from './names.ts'
import type { Names } from './names.ts'

/** One project and one environment of it. `environment` is its name or id. */
export const RailwayConnection = z.object({
  token: z.string().min(1),
  /** A project token reads one environment only: the smallest there is. The others are sent as a bearer. */
  tokenKind: z.enum(['account', 'workspace', 'project']).default('project'),
  projectId: z.string().min(1),
  environment: z.string().min(1).default('production'),
  url: z.url().default('https://backboard.railway.com'),
  webUrl: z.url().default('https://railway.com'),
})
export type RailwayConnection = z.output<typeof RailwayConnection>

/** A service or an environment as both people and the API call it. */
export interface Named {
  readonly id: string
  readonly name: string
}

export interface RailwayClient {
  /** The project's services and environments, read once per connection and kept for a while. */
  names(): Promise<Names>
  environment(): Promise<Named>
  /** The service people call `name`. Fails as invalid_input with the names there are. */
  service(name: string): Promise<Named>
  /** The data of one fixed document, checked against `schema`. GraphQL errors become failures in our words. */
  query<T>(document: DocumentName, variables: Readonly<Record<string, unknown>>, schema: z.ZodType<T>): Promise<T>
  /** Deployments of a service, or of the environment, newest first. */
  deployments(options: { service?: Named | undefined; first: number; after?: string | undefined }): Promise<{ deployments: Deployment[]; cursor: string | undefined }>
  readonly projectId: string
  /** Whether the token reads one environment only, and so cannot list projects. */
  readonly ofOneProject: boolean
  /** A page of Railway's dashboard. */
  link(title: string, target?: { service?: string | undefined; deployment?: string | undefined; tab?: string }): Promise<Link>
}

const Answer = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string().default(''), extensions: z.looseObject({ code: z.string().optional() }).optional() })).optional(),
})

const nameCache = new NameCache()

/** A client of Railway's GraphQL API for one project and environment, over `guarded`. */
export function createRailwayClient(connection: RailwayConnection, guarded: typeof fetch, clock: Clock): RailwayClient {
  const { token, tokenKind, projectId, webUrl } = connection
  const json = createJsonClient({
    service: 'Railway',
    baseUrl: connection.url,
    headers: tokenKind === 'project' ? { 'project-access-token': token } : { authorization: `Bearer ${token}` },
    fetch: guarded,
  })
  const query: RailwayClient['query'] = async (document, variables, schema) => {
    const { data } = await json.post(GRAPHQL_PATH, Answer, { query: documents[document], variables, operationName: document })
    if (data.errors !== undefined && data.errors.length > 0) failFor(data.errors, document)
    return schema.parse(data.data)
  }
  const names = (fresh = false) => nameCache.get(connection, clock, () => readNames(query, projectId), fresh)
  const environment = async (): Promise<Named> => {
    const { environments } = await names()
    const wanted = connection.environment
    return environments.find(({ id, name }) => id === wanted || name === wanted)
      ?? fail('invalid_input', `The project has no environment ${wanted}; there are ${environments.map(({ name }) => name).join(', ')}. Whoever runs Foreman must correct the configuration.`)
  }
  return {
    projectId,
    ofOneProject: tokenKind === 'project',
    names: () => names(),
    environment,
    service: async (wanted) => {
      const find = ({ services }: Names) => services.find(({ id, name }) => name === wanted || id === wanted) ?? services.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
      const known = find(await names()) ?? find(await names(true))
      return known ?? fail('invalid_input', clip(`No service is called ${wanted}. There are: ${(await names()).services.map(({ name }) => name).join(', ')}.`, 600))
    },
    query,
    deployments: async ({ service, first, after }) => {
      const input = { projectId, environmentId: (await environment()).id, ...(service === undefined ? {} : { serviceId: service.id }) }
      const { deployments } = await query('list_deployments', { input, first, ...(after === undefined ? {} : { after }) }, Deployments)
      const { services } = await names()
      return {
        deployments: deployments.edges.map(({ node }) => ({ ...node, service: services.find(({ id }) => id === node.serviceId)?.name ?? node.serviceId ?? '' })),
        cursor: deployments.pageInfo.hasNextPage ? (deployments.pageInfo.endCursor ?? undefined) : undefined,
      }
    },
    link: async (title, { service, deployment, tab } = {}) => {
      const { id } = await environment()
      const place = service === undefined ? '' : `/service/${encodeURIComponent(service)}`
      const about = new URLSearchParams({ environmentId: id, ...(deployment === undefined ? {} : { id: deployment }) })
      return { title, url: `${webUrl.replace(/\/$/, '')}/project/${encodeURIComponent(projectId)}${place}?${about.toString()}${tab === undefined ? '' : `#${tab}`}` }
    },
  }
}

const Edge = z.object({ node: z.object({ id: z.string(), name: z.string() }) })
const ProjectNames = z.object({
  project: z.object({ name: z.string(), environments: z.object({ edges: z.array(Edge) }), services: z.object({ edges: z.array(Edge) }) }),
})

async function readNames(query: RailwayClient['query'], projectId: string): Promise<Names> {
  const { project } = await query('project_names', { id: projectId }, ProjectNames)
  return { project: project.name, environments: project.environments.edges.map(({ node }) => node), services: project.services.edges.map(({ node }) => node) }
}

/** Railway answers 200 with `errors`; the message decides what went wrong, and never leaves itself. */
function failFor(errors: readonly { message: string; extensions?: { code?: string | undefined } | undefined }[], document: DocumentName): never {
  const text = errors.map(({ message, extensions }) => `${message} ${extensions?.code ?? ''}`).join(' ')
  if (/not authorized|unauthorized|unauthenticated|invalid token|forbidden/i.test(text)) {
    fail('unauthorized', `Railway refused ${document}: the token is wrong, expired, or not for this project and environment. Whoever runs Foreman must renew it.`)
  }
  if (/not found|no .* with id/i.test(text)) fail('not_found', `Railway knows no such thing (${document}): check the id, or list deployments for a valid one.`)
  if (/rate limit|too many requests/i.test(text)) fail('rate_limited', 'Railway’s request limit is used up; ask less, or later.')
  if (/invalid|validation|must be|expected|syntax/i.test(text)) fail('invalid_input', `Railway did not accept the arguments of ${document}: check ids, filter and times.`)
  return fail('unavailable', `Railway could not answer ${document}; this says nothing about the question.`)
}
