/** A path template ready to be matched: `{x}` takes one segment, `{x+}` the rest of the path. */
export interface PathTemplate {
  readonly template: string
  /** Whether a URL's pathname (still percent-encoded, without the base path) is an instance of the template. */
  matches(path: string): boolean
}

const ENCODED_SEPARATOR = /%2f|%5c|%00|\\/i
const ENCODED_SLASH = /%2f/gi

/**
 * Compiles an operation's path. Encoded slashes are allowed only inside `{x+}`, which must stand last, and no segment may be
 * `.` or `..`. Throws a RangeError for a template that breaks the first rule: what follows a rest would not be checked.
 */
export function compilePathTemplate(template: string): PathTemplate {
  if (/\+\}./.test(template)) throw new RangeError(`${template}: {x+} takes the rest of the path, so nothing may follow it.`)
  const parts = template.split(/(\{\w+\+?\})/)
  const source = parts
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
      return part.endsWith('+}') ? '(?<rest>.+)' : '([^/]+)'
    })
    .join('')
  const pattern = new RegExp(`^${source}$`)
  return {
    template,
    matches: (path) => {
      const match = pattern.exec(path)
      if (match === null) return false
      const rest = match.groups?.['rest']
      const fixed = rest === undefined ? path : path.slice(0, path.length - rest.length)
      if (ENCODED_SEPARATOR.test(fixed)) return false
      return rest === undefined || isPlainRest(rest)
    },
  }
}

function isPlainRest(rest: string): boolean {
  const slashed = rest.replace(ENCODED_SLASH, '/')
  if (ENCODED_SEPARATOR.test(slashed)) return false
  return slashed.split('/').every((segment) => !/^(?:\.|%2e){1,2}$/i.test(segment))
}

/**
 * Builds a path from literal parts and values: every value is percent-encoded as one segment.
 * Throws a RangeError for a value that would change the path's shape (empty, `.` or `..`).
 */
export function path(literals: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return literals.reduce((built, literal, index) => {
    const value = String(values[index - 1])
    if (value === '' || value === '.' || value === '..') throw new RangeError(`"${value}" cannot be part of a path`)
    return `${built}${encodeURIComponent(value)}${literal}`
  })
}
