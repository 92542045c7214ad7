import { structuredPatch } from 'diff'
import type { Tree } from './objects.ts'

/** How one file differs between two trees. `patch` is its unified hunks without file headers, as GitHub gives them. */
export interface FileChange {
  readonly filename: string
  readonly status: 'added' | 'removed' | 'modified' | 'renamed'
  readonly previous?: string
  readonly before: string
  readonly after: string
  readonly additions: number
  readonly deletions: number
  readonly patch: string
}

function range(start: number, lines: number): string {
  if (lines === 0) return `${start - 1},0`
  return lines === 1 ? String(start) : `${start},${lines}`
}

function hunksOf(before: string, after: string): { patch: string; additions: number; deletions: number } {
  const { hunks } = structuredPatch('a', 'b', before, after, '', '', { context: 3 })
  const lines = hunks.flatMap((hunk) => hunk.lines)
  const texts = hunks.map((hunk) => [`@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`, ...hunk.lines].join('\n'))
  return { patch: texts.join('\n'), additions: lines.filter((line) => line.startsWith('+')).length, deletions: lines.filter((line) => line.startsWith('-')).length }
}

/** What changed from one tree to another, by path. A file that only moved is one rename. */
export function changesBetween(before: Tree, after: Tree): FileChange[] {
  const removed = new Map([...before].filter(([path]) => !after.has(path)))
  const changes: FileChange[] = []
  for (const [filename, content] of after) {
    const old = before.get(filename)
    if (old === content) continue
    const source = old === undefined && content !== '' ? [...removed].find(([, text]) => text === content)?.[0] : undefined
    if (source !== undefined) {
      removed.delete(source)
      changes.push({ filename, status: 'renamed', previous: source, before: content, after: content, additions: 0, deletions: 0, patch: '' })
    } else {
      changes.push({ filename, status: old === undefined ? 'added' : 'modified', before: old ?? '', after: content, ...hunksOf(old ?? '', content) })
    }
  }
  for (const [filename, content] of removed) changes.push({ filename, status: 'removed', before: content, after: '', ...hunksOf(content, '') })
  return changes.toSorted((one, other) => (one.filename < other.filename ? -1 : 1))
}

/** The changes as `git diff` prints them. */
export function diffText(changes: readonly FileChange[]): string {
  return changes.map((change) => {
    const from = change.previous ?? change.filename
    const head = [`diff --git a/${from} b/${change.filename}`]
    if (change.status === 'added') head.push('new file mode 100644')
    if (change.status === 'removed') head.push('deleted file mode 100644')
    if (change.status === 'renamed') head.push('similarity index 100%', `rename from ${from}`, `rename to ${change.filename}`)
    if (change.patch !== '') head.push(`--- ${change.status === 'added' ? '/dev/null' : `a/${from}`}`, `+++ ${change.status === 'removed' ? '/dev/null' : `b/${change.filename}`}`, change.patch)
    return `${head.join('\n')}\n`
  }).join('')
}
