import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import type { Entity } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { utc } from '../../kit/plain-text.ts'
import { sends } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'

const Answer = z.object({
  project: z.object({
    name: z.string(), description: z.string().nullish(), createdAt: z.string(), prDeploys: z.boolean().nullish(),
    environments: z.object({ edges: z.array(z.object({ node: z.object({ id: z.string(), name: z.string(), isEphemeral: z.boolean().nullish() }) })) }),
    services: z.object({ edges: z.array(z.object({ node: z.object({ name: z.string(), createdAt: z.string() }) })) }),
    volumes: z.object({ edges: z.array(z.object({ node: z.object({ name: z.string() }) })) }),
  }),
})
const Environment = z.object({ environment: z.string(), ephemeral: z.boolean().describe('made for a pull request'), configured: z.boolean() })

export const getProject = defineTool<RailwayClient>()({
  name: 'railway_get_project',
  title: 'The project: environments, services, volumes',
  useWhen: 'Use when you need what the project consists of, which environments there are beside the one that is read, and how old services are.',
  input: z.object({}),
  output: z.object({ project: z.string(), description: z.string(), environments: z.array(Environment), services: z.array(z.object({ service: z.string(), createdAt: z.string() })), volumes: z.array(z.string()) }),
  operations: sends('get_project'),
  async run(_args, { client }) {
    const [{ project }, here] = await Promise.all([client.query('get_project', { id: client.projectId }, Answer), client.environment()])
    const environments = project.environments.edges.map(({ node }) => ({ environment: node.name, ephemeral: node.isEphemeral ?? false, configured: node.id === here.id }))
    const services = project.services.edges.map(({ node }) => ({ service: node.name, createdAt: node.createdAt })).sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    const volumes = project.volumes.edges.map(({ node }) => node.name)
    const entities: Entity[] = [
      { kind: 'project', value: project.name }, ...environments.map(({ environment }): Entity => ({ kind: 'environment', value: environment })),
      ...services.map(({ service, createdAt }): Entity => ({ kind: 'service', value: service, at: createdAt })), ...volumes.map((value): Entity => ({ kind: 'volume', value })),
    ]
    return {
      structured: { project: project.name, description: project.description ?? '', environments, services, volumes },
      text: [
        `${project.name}${project.description ? `: ${project.description}` : ''}, made ${utc(project.createdAt)}${project.prDeploys === true ? ', deploys pull requests' : ''}`,
        `environments: ${environments.map((one) => `${one.environment}${one.configured ? ' (read here)' : ''}${one.ephemeral ? ' (of a pull request)' : ''}`).join(', ')}`,
        'services, the newest first:', ...services.map(({ service, createdAt }) => `  ${service}, made ${utc(createdAt)}`),
        `volumes: ${volumes.join(', ') || 'none'}`,
      ].join('\n'),
      entities: distinctEntities(entities),
      signals: [makeSignal('state', 0, `The Railway project ${project.name} has ${services.length} services in ${environments.length} environments; ${here.name} is the one that is read.`, { about: entities.slice(0, 10), says: '' })],
      links: [await client.link('Project in Railway')],
    }
  },
})
