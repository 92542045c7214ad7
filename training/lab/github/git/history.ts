import type { GithubCommit, GithubRepository } from '../../../../src/core/world/github.ts'
import { createBlame, type BlameRange } from './blame.ts'
import type { Tree } from './objects.ts'
import { changesBetween, type FileChange } from './patches.ts'

/** A repository's history: what Git would answer about commits, trees and lines. */
export interface History {
  /** The commit a branch, tag, `refs/…`, HEAD, or SHA of at least 4 digits names; undefined for none. */
  resolve(ref: string): GithubCommit | undefined
  /** Every file after a commit. */
  tree(commit: GithubCommit): Tree
  /** What a commit changed against its first parent. */
  changes(commit: GithubCommit): FileChange[]
  /** The commit and all before it, newest first. */
  log(commit: GithubCommit): GithubCommit[]
  /** The newest commit both have behind them; undefined for unrelated histories. */
  mergeBase(one: GithubCommit, other: GithubCommit): GithubCommit | undefined
  /** Who last changed each line of a file; undefined when there is no such file. */
  blame(commit: GithubCommit, path: string): BlameRange[] | undefined
}

/** The history of one repository of the world; trees are built once. */
export function createHistory(repository: GithubRepository): History {
  const bySha = new Map(repository.commits.map((commit) => [commit.sha, commit]))
  const trees = new Map<string, Tree>()
  const parentsOf = (commit: GithubCommit): GithubCommit[] => commit.parents.flatMap((sha) => bySha.get(sha) ?? [])

  function log(commit: GithubCommit): GithubCommit[] {
    const seen = new Set<GithubCommit>()
    const waiting = [commit]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      waiting.push(...parentsOf(next))
    }
    const order = new Map(repository.commits.map((each, index) => [each, index]))
    return [...seen].toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at) || (order.get(other) ?? 0) - (order.get(one) ?? 0))
  }

  function tree(commit: GithubCommit): Tree {
    const known = trees.get(commit.sha)
    if (known !== undefined) return known
    // Oldest first, so that no recursion is as deep as the history is long.
    for (const each of log(commit).toReversed()) if (!trees.has(each.sha)) trees.set(each.sha, treeAfter(each))
    return trees.get(commit.sha) ?? treeAfter(commit)
  }

  /** A merge takes over what its other parents changed, then lays its own files over that. */
  function treeAfter(commit: GithubCommit): Tree {
    const [first, ...others] = parentsOf(commit)
    const files = new Map(first === undefined ? [] : tree(first))
    const behind = new Set(first === undefined ? [] : log(first))
    const merged = others.flatMap((parent) => log(parent).filter((each) => !behind.has(each)).toReversed())
    for (const each of [...merged, commit]) {
      for (const [path, content] of Object.entries(each.files)) {
        if (content === null) files.delete(path)
        else files.set(path, content)
      }
    }
    return files
  }

  function resolve(ref: string): GithubCommit | undefined {
    const name = ref.replace(/^refs\//, '').replace(/^(heads|tags)\//, '')
    const branch = repository.branches.find((each) => each.name === (name === 'HEAD' || name === '' ? repository.defaultBranch : name))
    const tag = repository.tags.find((each) => each.name === name)
    const sha = branch?.sha ?? tag?.sha
    if (sha !== undefined) return bySha.get(sha)
    return /^[0-9a-f]{4,40}$/i.test(name) ? repository.commits.find((commit) => commit.sha.startsWith(name.toLowerCase())) : undefined
  }

  return {
    resolve, tree, log,
    changes: (commit) => {
      const [first] = parentsOf(commit)
      return changesBetween(first === undefined ? new Map() : tree(first), tree(commit))
    },
    mergeBase: (one, other) => {
      const behind = new Set(log(one))
      return log(other).find((commit) => behind.has(commit))
    },
    blame: createBlame({ tree, parentsOf }),
  }
}
