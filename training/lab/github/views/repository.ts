import type { World } from '../../../../src/core/world/world.ts'
import { githubTime, nodeId } from '../responses.ts'
import type { Repo } from '../state.ts'
import { userView } from './user.ts'

/** The addresses of a repository's parts, as GitHub's templates. */
function addresses(api: string): Record<string, string> {
  const plain = ['contributors', 'deployments', 'downloads', 'events', 'forks', 'hooks', 'languages', 'merges', 'stargazers', 'subscribers', 'subscription', 'tags', 'teams']
  const templates: Record<string, string> = {
    archive: '{archive_format}{/ref}', assignees: '{/user}', branches: '{/branch}', collaborators: '{/collaborator}', comments: '{/number}', commits: '{/sha}', compare: '/{base}...{head}',
    contents: '/{+path}', issues: '{/number}', keys: '{/key_id}', labels: '{/name}', milestones: '{/number}', notifications: '{?since,all,participating}', pulls: '{/number}', releases: '{/id}',
  }
  return {
    ...Object.fromEntries(plain.map((name) => [`${name}_url`, `${api}/${name}`])), ...Object.fromEntries(Object.entries(templates).map(([name, template]) => [`${name}_url`, `${api}/${name}${template}`])),
    blobs_url: `${api}/git/blobs{/sha}`, git_commits_url: `${api}/git/commits{/sha}`, git_refs_url: `${api}/git/refs{/sha}`, git_tags_url: `${api}/git/tags{/sha}`, trees_url: `${api}/git/trees{/sha}`,
    issue_comment_url: `${api}/issues/comments{/number}`, issue_events_url: `${api}/issues/events{/number}`, statuses_url: `${api}/statuses/{sha}`,
  }
}

/** A repository, as it stands inside search hits, runs and statuses. */
export function minimalRepository(world: World, { data, fullName, api, html, root }: Repo): Record<string, unknown> {
  return {
    id: data.id, node_id: nodeId('Repository', data.id), name: data.name, full_name: fullName, private: data.private, owner: userView(world, data.owner, root), html_url: html,
    description: data.description === '' ? null : data.description, fork: false, url: api, ...addresses(api),
  }
}

/** A repository's own page; counts come from what the world holds. */
export function repositoryView(world: World, repo: Repo): Record<string, unknown> {
  const { data, html, fullName } = repo
  const open = [...data.issues, ...data.pulls].filter((each) => each.state === 'open').length
  const pushed = data.commits.map((commit) => commit.at).toSorted((one, other) => Date.parse(other) - Date.parse(one))[0] ?? data.createdAt
  return {
    ...minimalRepository(world, repo), git_url: `git://github.com/${fullName}.git`, ssh_url: `git@github.com:${fullName}.git`, clone_url: `${html}.git`, svn_url: html, mirror_url: null, homepage: null,
    language: languageOf(repo), forks_count: 0, stargazers_count: 0, watchers_count: 0, size: 120, default_branch: data.defaultBranch, open_issues_count: open, has_issues: true,
    has_projects: false, has_wiki: false, has_pages: false, has_discussions: false, has_downloads: true, archived: false, disabled: false, visibility: data.private ? 'private' : 'public',
    pushed_at: githubTime(pushed), created_at: githubTime(data.createdAt), updated_at: githubTime(pushed), permissions: { admin: false, maintain: false, push: false, triage: false, pull: true },
    subscribers_count: 0, network_count: 0, license: null, forks: 0, open_issues: open, watchers: 0, topics: [], is_template: false, allow_forking: true, web_commit_signoff_required: false,
    organization: userView(world, data.owner, repo.root),
  }
}

const languages: Readonly<Record<string, string>> = { ts: 'TypeScript', tsx: 'TypeScript', js: 'JavaScript', mjs: 'JavaScript', py: 'Python', go: 'Go', rb: 'Ruby', rs: 'Rust', java: 'Java', sql: 'PLpgSQL', sh: 'Shell' }

/** The language of a path by its ending; undefined for one GitHub would not count. */
export function languageOfPath(path: string): string | undefined {
  return languages[path.split('.').at(-1) ?? '']
}

/** Bytes of code in each language on the default branch. */
export function languageBytes({ data, history }: Repo): Record<string, number> {
  const head = history.resolve(data.defaultBranch)
  const bytes: Record<string, number> = {}
  for (const [path, content] of head === undefined ? [] : history.tree(head)) {
    const language = languageOfPath(path)
    if (language !== undefined) bytes[language] = (bytes[language] ?? 0) + Buffer.byteLength(content)
  }
  return bytes
}

function languageOf(repo: Repo): string | null {
  const [largest] = Object.entries(languageBytes(repo)).toSorted(([, one], [, other]) => other - one)
  return largest?.[0] ?? null
}
