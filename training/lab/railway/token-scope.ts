import { stableUuid } from '../stable-id.ts'
import type { Estate } from './estate.ts'
import { environmentView, projectView } from './project-views.ts'

/** What this kind of token may not ask. */
export class RailwayNotAuthorized extends Error {
  constructor() {
    super('Not Authorized')
  }
}

function refuse(): never {
  throw new RailwayNotAuthorized()
}

/**
 * The fields of `Query` as the token of a request may ask them: a project token (in a header of its own) stands for one
 * environment, so it knows no person, no workspace and no list of projects; any other token is no project token.
 */
export function withinToken(queries: Readonly<Record<string, unknown>>, estate: Estate, headers: Headers): Record<string, unknown> {
  if (!headers.has('project-access-token')) return { ...queries, projectToken: refuse }
  return { ...queries, me: refuse, workspace: refuse, projects: refuse, projectToken: () => projectTokenView(estate) }
}

/** The lab's one project token: it belongs to the first project and its first environment. */
function projectTokenView(estate: Estate): object {
  const [project] = estate.projects
  const environment = project?.environments[0]
  if (!project || !environment) return refuse()
  return {
    id: stableUuid(`project-token:${project.id}`), name: 'lab', displayToken: '****', createdAt: project.createdAt, projectId: project.id, environmentId: environment.id,
    project: () => projectView(estate, project), environment: () => environmentView(estate, project, environment),
  }
}
