import { Hono } from 'hono'
import type { World } from '../../../src/core/world/world.ts'
import type { LabDeps, LabService } from '../service.ts'

/**
 * The documents as a plain web server: `/llms.txt` lists every page of the team (one Markdown link a line, sorted by path),
 * `/<path>` is that page as it is. Pages below `vendor/` are served and not listed: they stand for other people's servers.
 */
export function createDocs(world: World, { recorder }: LabDeps): LabService {
  const app = new Hono()
  const paths = Object.keys(world.docs).filter((path) => !path.startsWith('vendor/')).toSorted()
  app.get('/llms.txt', (c) => {
    const { origin } = new URL(c.req.url)
    const lines = paths.map((path) => `- [${titleOf(world.docs[path] ?? '', path)}](${origin}/${encodeURI(path)})`)
    return c.text(`# ${world.header.organization.name}: documents\n\n${lines.join('\n')}\n`)
  })
  app.get('/*', (c) => {
    const page = world.docs[decodeURI(c.req.path).slice(1)]
    if (page === undefined) return c.text('Not found\n', 404)
    return c.body(page, 200, { 'content-type': /\.ya?ml$/.test(c.req.path) ? 'application/yaml' : 'text/markdown; charset=utf-8' })
  })
  app.all('/*', (c) => {
    recorder.mark(c.req.raw, { unknownRoute: true })
    return c.text('Method not allowed\n', 405)
  })
  return app
}

function titleOf(markdown: string, path: string): string {
  return /^#\s+(.+)$/m.exec(markdown)?.[1]?.trim() ?? path
}
