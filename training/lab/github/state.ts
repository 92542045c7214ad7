import type { Context } from 'hono'
import type { GithubCommit, GithubRepository } from '../../../src/core/world/github.ts'
import type { World } from '../../../src/core/world/world.ts'
import type { LabDeps } from '../service.ts'
import { createHistory, type History } from './git/history.ts'
import { apiBase, htmlBase, notFound } from './responses.ts'

/** A repository with its history and its addresses. */
export interface Repo {
  readonly data: GithubRepository
  readonly history: History
  readonly fullName: string
  /** Address of the repository in this API. */
  readonly api: string
  /** Address of the repository for people. */
  readonly html: string
  /** Address of this API. */
  readonly root: string
}

/** What every route of the simulated GitHub works on. */
export interface GithubState {
  readonly world: World
  now(): Date
  /** All repositories, with addresses as the request reached this API. */
  repositories(c: Context): Repo[]
  /** The repository a path names; GitHub's 404 without one. */
  repository(c: Context): Repo
  /** The repository by its names, whatever their case. */
  find(c: Context, owner: string, name: string): Repo | undefined
}

/** The state of a GitHub over `world`. */
export function createState(world: World, { clock }: LabDeps): GithubState {
  const histories = new Map(world.github.repositories.map((data) => [data, createHistory(data)]))
  const repositories = (c: Context): Repo[] => [...histories].map(([data, history]) => {
    const fullName = `${data.owner}/${data.name}`
    const root = apiBase(c)
    return { data, history, fullName, root, api: `${root}/repos/${fullName}`, html: `${htmlBase}/${fullName}` }
  })
  const find = (c: Context, owner: string, name: string): Repo | undefined => repositories(c).find(({ fullName }) => fullName.toLowerCase() === `${owner}/${name}`.toLowerCase())
  return {
    world, repositories, find,
    now: () => clock.now(),
    repository: (c) => {
      const repo = find(c, c.req.param('owner') ?? '', c.req.param('repo') ?? '')
      if (repo === undefined) throw notFound()
      return repo
    },
  }
}

/** The commit a ref names; GitHub's refusal of an unknown one, which is 422 where a commit is asked for. */
export function commitOf({ history }: Repo, ref: string, refuse: (ref: string) => Error): GithubCommit {
  const commit = history.resolve(ref)
  if (commit === undefined) throw refuse(ref)
  return commit
}
