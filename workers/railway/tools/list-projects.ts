import { z } from 'zod'
import { distinctEntities } from '../../../src/core/entity.ts'
import { defineTool } from '../../kit/define-tool.ts'
import { makeSignal } from '../../kit/make-signal.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import { sends } from '../arguments.ts'
import type { RailwayClient } from '../client.ts'

const Names = z.object({ edges: z.array(z.object({ node: z.object({ name: z.string() }) })) }).transform(({ edges }) => edges.map(({ node }) => node.name))
const Node = z.object({ id: z.string(), name: z.string(), updatedAt: z.string().nullish(), environments: Names, services: Names })
const Listed = z.object({ projects: z.object({ pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }), edges: z.array(z.object({ node: Node })) }) })
const OfToken = z.object({ projectToken: z.object({ project: Node }) })
const Project = z.object({ id: z.string(), name: z.string(), configured: z.boolean().describe('the one all other tools read'), environments: z.array(z.string()), services: z.array(z.string()) })

export const listProjects = defineTool<RailwayClient>()({
  name: 'railway_list_projects',
  title: 'Projects the token can see',
  useWhen: 'Use when you doubt that the right project is looked at, or search which project a service belongs to.',
  input: z.object({ limit: limitField(20, 100), cursor: cursorField }),
  output: z.object({ projects: z.array(Project) }),
  operations: sends('list_projects', 'token_project'),
  async run({ limit, cursor }, { client }) {
    const page = client.ofOneProject ? await ofToken(client) : (await client.query('list_projects', { first: limit, ...(cursor === undefined ? {} : { after: cursor }) }, Listed)).projects
    const projects = page.edges.map(({ node }) => ({ id: node.id, name: node.name, configured: node.id === client.projectId, environments: node.environments, services: node.services }))
    const head = client.ofOneProject ? 'The token belongs to one project' : `${projects.length} projects`
    return {
      structured: { projects },
      text: [`${head}:`, ...projects.map((one) => `${one.name} (${one.id})${one.configured ? ', the configured one' : ''}: environments ${one.environments.join(', ') || 'none'}; services ${one.services.join(', ') || 'none'}`)].join('\n'),
      entities: distinctEntities(projects.flatMap((one) => [
        { kind: 'project' as const, value: one.name }, ...one.services.map((value) => ({ kind: 'service' as const, value })), ...one.environments.map((value) => ({ kind: 'environment' as const, value })),
      ])),
      signals: [projects.length === 0 ? makeSignal('absence', 1, 'The token sees no project.') : makeSignal('state', 0, `The token sees ${projects.map(({ name }) => name).join(', ')}.`, { about: projects.slice(0, 10).map(({ name }) => ({ kind: 'project', value: name })) })],
      links: [await client.link('The configured project in Railway')],
      truncated: page.pageInfo.hasNextPage,
      cursor: page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? undefined) : undefined,
    }
  },
})

/** A project token may not list projects; it says which one it is of. */
async function ofToken(client: RailwayClient): Promise<z.infer<typeof Listed>['projects']> {
  const { projectToken } = await client.query('token_project', {}, OfToken)
  return { pageInfo: { hasNextPage: false }, edges: [{ node: projectToken.project }] }
}
