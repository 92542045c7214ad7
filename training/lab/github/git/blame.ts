import { diffArrays } from 'diff'
import type { GithubCommit } from '../../../../src/core/world/github.ts'
import type { Tree } from './objects.ts'

/** Lines of a file that last changed in one commit; both ends included, counted from 1. */
export interface BlameRange {
  readonly startingLine: number
  readonly endingLine: number
  readonly commit: GithubCommit
}

interface BlameDeps {
  readonly tree: (commit: GithubCommit) => Tree
  readonly parentsOf: (commit: GithubCommit) => readonly GithubCommit[]
}

/** Says who last changed each line of a file at a commit; undefined when there is no such file. */
export function createBlame({ tree, parentsOf }: BlameDeps): (commit: GithubCommit, path: string) => BlameRange[] | undefined {
  const known = new Map<string, GithubCommit[] | undefined>()

  /** Whose each line is. Remembered, as a merge reaches the same commit by several ways. */
  function ownersOf(commit: GithubCommit, path: string): GithubCommit[] | undefined {
    const key = `${commit.sha} ${path}`
    if (!known.has(key)) known.set(key, findOwners(commit, path))
    return known.get(key)
  }

  function findOwners(commit: GithubCommit, path: string): GithubCommit[] | undefined {
    const lines = linesOf(tree(commit).get(path))
    if (lines === undefined) return undefined
    const owners = lines.map(() => commit)
    // The first parent last: a line it has belongs to it before it belongs to what was merged.
    for (const parent of parentsOf(commit).toReversed()) {
      const before = linesOf(tree(parent).get(path))
      const inherited = before === undefined ? undefined : ownersOf(parent, path)
      if (before !== undefined && inherited !== undefined) inherit(owners, inherited, before, lines)
    }
    return owners
  }

  return (commit, path) => {
    const owners = ownersOf(commit, path)
    return owners === undefined ? undefined : rangesOf(owners)
  }
}

function linesOf(content: string | undefined): string[] | undefined {
  return content?.replace(/\n$/, '').split('\n')
}

/** Gives every line that was already there to whom it belonged before. */
function inherit(owners: GithubCommit[], inherited: readonly GithubCommit[], before: readonly string[], after: readonly string[]): void {
  let old = 0
  let now = 0
  for (const part of diffArrays([...before], [...after])) {
    const { length } = part.value
    if (part.added) now += length
    else if (part.removed) old += length
    else {
      for (let line = 0; line < length; line += 1) owners[now + line] = inherited[old + line] ?? owners[now + line] ?? unreachable()
      old += length
      now += length
    }
  }
}

function unreachable(): never {
  throw new Error('unreachable: every line has an owner')
}

function rangesOf(owners: readonly GithubCommit[]): BlameRange[] {
  const ranges: BlameRange[] = []
  for (const [index, commit] of owners.entries()) {
    const last = ranges.at(-1)
    if (last?.commit === commit) ranges[ranges.length - 1] = { ...last, endingLine: index + 1 }
    else ranges.push({ startingLine: index + 1, endingLine: index + 1, commit })
  }
  return ranges
}
