import type { Hono } from 'hono'
import { notFound, pageResponse } from '../responses.ts'
import type { GithubState } from '../state.ts'
import { labelsOf, labelView } from '../views/issue.ts'

const base = '/repos/:owner/:repo'

/** The labels of a repository and of one of its issues or pull requests. */
export function addLabelRoutes(app: Hono, state: GithubState): void {
  app.get(`${base}/labels`, (c) => {
    const repo = state.repository(c)
    return pageResponse(c, labelsOf(repo), (label) => labelView(repo, label))
  })
  app.get(`${base}/labels/:label`, (c) => {
    const repo = state.repository(c)
    const label = labelsOf(repo).find((each) => each.toLowerCase() === c.req.param('label').toLowerCase())
    if (label === undefined) throw notFound()
    return c.json(labelView(repo, label))
  })
  app.get(`${base}/issues/:number/labels`, (c) => {
    const repo = state.repository(c)
    const item = [...repo.data.issues, ...repo.data.pulls].find(({ number }) => String(number) === c.req.param('number'))
    if (item === undefined) throw notFound()
    return pageResponse(c, item.labels, (label) => labelView(repo, label))
  })
}
