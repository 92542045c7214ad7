import { z } from 'zod'
import { defineTool } from '../../kit/define-tool.ts'
import { utc } from '../../kit/plain-text.ts'
import { cursorField, limitField } from '../../kit/window.ts'
import type { SentryClient } from '../client.ts'
import { organizationRead } from '../operations.ts'

/** The organisation's projects. */
export const listProjects = defineTool<SentryClient>()({
  name: 'sentry_list_projects',
  title: 'List Sentry projects',
  useWhen: 'Use when you do not know which Sentry project a service reports to.',
  input: z.object({ limit: limitField(50, 100), cursor: cursorField }),
  output: z.object({ projects: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string(), platform: z.string().nullable(), firstEvent: z.string().nullable() })) }),
  operations: [organizationRead('projects/')],
  run: async ({ limit, cursor }, { client }) => {
    const page = await client.projects({ per_page: limit, cursor })
    const projects = page.items.slice(0, limit).map(({ id, slug, name, platform, firstEvent }) => ({ id, slug, name, platform: platform ?? null, firstEvent: firstEvent ?? null }))
    const lines = projects.map((project) => `${project.slug} (${project.platform ?? 'unknown platform'})${project.firstEvent === null ? ', no event yet' : `, first event ${utc(project.firstEvent)}`}`)
    return {
      structured: { projects },
      text: projects.length === 0 ? 'The organisation has no projects this token can see.' : lines.join('\n'),
      entities: projects.map(({ slug }) => ({ kind: 'project', value: slug })),
      signals: [],
      truncated: page.cursor !== undefined,
      cursor: page.cursor,
    }
  },
})
