/** One line of a CODEOWNERS file: who owns what its pattern fits. No owner means that nobody does. */
export interface OwnerRule {
  readonly line: number
  readonly pattern: string
  readonly owners: readonly string[]
}

/** The rules of a CODEOWNERS file, in order. Comments and empty lines are left out; `\ ` is a blank inside a pattern. */
export function parseOwners(text: string): OwnerRule[] {
  return text.split(/\r?\n/).flatMap((written, index) => {
    const [pattern, ...owners] = written.replace(/(?:^|\s)#.*$/, '').trim().split(/(?<!\\)\s+/).filter((part) => part !== '')
    return pattern === undefined ? [] : [{ line: index + 1, pattern: pattern.replaceAll('\\ ', ' '), owners }]
  })
}

/** The rule that decides about a path: the last one that fits (docs.github.com, "About code owners"). */
export function ownerRule(rules: readonly OwnerRule[], path: string): OwnerRule | undefined {
  return rules.findLast(({ pattern }) => patternFits(pattern, path))
}

/** Patterns are those of .gitignore without negation: a slash inside anchors them, a folder means all below it, a final single star only what is directly there. */
function patternFits(pattern: string, path: string): boolean {
  const bare = pattern.replace(/^\//, '').replace(/\/$/, '')
  const anchored = pattern.startsWith('/') || bare.includes('/')
  const body = bare.split(/(\*\*\/|\*\*|\*|\?)/).map((part) => GLOBS[part] ?? part.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)).join('')
  const end = pattern.endsWith('/') ? '/.*' : /(?:^|\/)[^/]*(?<!\*)\*$/.test(bare) ? '' : '(?:/.*)?'
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${body}${end}$`).test(path)
}

const GLOBS: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' }
