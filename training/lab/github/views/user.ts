import type { World } from '../../../../src/core/world/world.ts'
import { stableHex } from '../../stable-id.ts'
import { htmlBase, nodeId } from '../responses.ts'

function idOf(world: World, login: string): number {
  const index = world.header.people.findIndex((person) => person.login === login)
  if (index >= 0) return 2001 + index
  return 3000 + Number.parseInt(stableHex(login, 6), 16)
}

/** A user, an organisation or a bot, as it stands inside other things. `root` is the API's address. */
export function userView(world: World, login: string, root: string): Record<string, unknown> {
  const id = idOf(world, login)
  const url = `${root}/users/${encodeURIComponent(login)}`
  const type = login.endsWith('[bot]') ? 'Bot' : world.github.repositories.some(({ owner }) => owner === login) ? 'Organization' : 'User'
  return {
    login, id, node_id: nodeId(type, id), avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`, gravatar_id: '', url, html_url: `${htmlBase}/${encodeURIComponent(login)}`,
    followers_url: `${url}/followers`, following_url: `${url}/following{/other_user}`, gists_url: `${url}/gists{/gist_id}`, starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`, organizations_url: `${url}/orgs`, repos_url: `${url}/repos`, events_url: `${url}/events{/privacy}`, received_events_url: `${url}/received_events`,
    type, user_view_type: 'public', site_admin: false,
  }
}

/** A user's own page. */
export function userDetail(world: World, login: string, root: string): Record<string, unknown> {
  const person = world.header.people.find((each) => each.login === login)
  const created = world.github.repositories[0]?.createdAt ?? world.header.now
  return {
    ...userView(world, login, root), name: person?.name ?? login, company: world.header.organization.name, blog: '', location: null, email: person?.email ?? null, hireable: null, bio: null,
    twitter_username: null, public_repos: 0, public_gists: 0, followers: 0, following: 0, created_at: created, updated_at: created,
  }
}

/** The name and address Git keeps of an author. */
export function gitIdentity(world: World, login: string): { name: string; email: string } {
  const person = world.header.people.find((each) => each.login === login)
  return { name: person?.name ?? login, email: person?.email ?? `${login.replace('[bot]', '')}@users.noreply.github.example` }
}
