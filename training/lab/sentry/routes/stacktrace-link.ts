import type { Hono } from 'hono'
import type { GithubRepository } from '../../../../src/core/world/github.ts'
import { createHistory } from '../../github/git/history.ts'
import { badRequest, paramsOf } from '../responses.ts'
import { projectOf, type SentryProject, type SentryState } from '../state.ts'

const integration = {
  id: '1', name: 'GitHub', icon: null, domainName: 'github.com', accountType: 'Organization', scopes: null, status: 'active',
  provider: { key: 'github', slug: 'github', name: 'GitHub', canAdd: true, canDisable: false, features: ['commits', 'stacktrace-link'], aspects: {} },
}

/** The repository whose commits make up the project's releases: that is where its code mapping leads. */
function repositoryOf({ sentry, world }: SentryState, { slug }: SentryProject): GithubRepository | undefined {
  const name = sentry.releases.find(({ projects, repository }) => repository !== undefined && projects.includes(slug))?.repository
  return world.github.repositories.find((each) => `${each.owner}/${each.name}` === name)
}

/**
 * Where a frame's file is in the project's repository, as Sentry's own pages ask for it (an endpoint it does not document): the
 * file at the commit asked for, else on the default branch. An answer without a link says which of Sentry's reasons it is.
 */
export function addStacktraceLinkRoutes(app: Hono, state: SentryState): void {
  app.get('/api/0/projects/:org/:project/stacktrace-link/', (c) => {
    const params = paramsOf(c)
    const file = (params.get('file') ?? '').replace(/^(?:\.\/|\/app\/)/, '')
    if (file === '') throw badRequest('Filepath is required')
    const project = projectOf(state, c.req.param('project'))
    const repository = repositoryOf(state, project)
    if (repository === undefined) return c.json({ config: null, sourceUrl: null, integrations: [integration], error: 'no_code_mappings_for_project' })
    const config = {
      id: project.id, projectId: project.id, projectSlug: project.slug, repoId: String(repository.id), repoName: `${repository.owner}/${repository.name}`, integrationId: '1', provider: integration.provider,
      stackRoot: '', sourceRoot: '', defaultBranch: repository.defaultBranch, automaticallyGenerated: true,
    }
    const history = createHistory(repository)
    const page = (ref: string): string => `https://github.com/${config.repoName}/blob/${ref}/${file}`
    const refs = [params.get('commitId') ?? '', repository.defaultBranch].filter((ref) => ref !== '')
    const found = refs.find((ref) => {
      const commit = history.resolve(ref)
      return commit !== undefined && history.tree(commit).has(file)
    })
    const common = { config, sourcePath: file, integrations: [integration] }
    return c.json(found === undefined ? { ...common, error: 'file_not_found', sourceUrl: null, attemptedUrl: page(repository.defaultBranch) } : { ...common, error: null, sourceUrl: page(found), attemptedUrl: null })
  })
}
