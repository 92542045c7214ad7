import { resources } from './resources.ts'

/** A path of the API taken apart. `version` is empty for `/apis/{group}` alone. */
export interface ApiPath {
  readonly group: string
  readonly version: string
  readonly plural?: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
}

/** Reads `/api/v1/…` and `/apis/{group}/{version}/…`; undefined for any other path. */
export function parsePath(pathname: string): ApiPath | undefined {
  const parts = pathname.split('/').filter(Boolean).map(decoded)
  if (parts.includes(undefined)) return undefined
  const [root, ...rest] = parts as string[]
  const isCore = root === 'api'
  if ((!isCore && root !== 'apis') || rest.length === 0) return undefined
  const [group = '', version = '', ...where] = isCore ? ['', ...rest] : rest
  return { group, version, ...target(group, where) }
}

/** `{plural}/{name}/{subresource…}`, with `namespaces/{namespace}` before it where a namespaced resource follows. */
function target(group: string, where: readonly string[]): Omit<ApiPath, 'group' | 'version'> {
  const [first, namespace, plural] = where
  const scoped = first === 'namespaces' && namespace !== undefined && plural !== undefined
    && (group !== '' || !['status', 'finalize'].includes(plural) || resources.some((resource) => resource.group === '' && resource.namespaced && resource.plural === plural))
  const [kind, name, ...sub] = scoped ? where.slice(2) : where
  return {
    ...(kind !== undefined && { plural: kind }),
    ...(scoped && { namespace }),
    ...(name !== undefined && { name }),
    ...(sub.length > 0 && { subresource: sub[0] ?? '' }),
  }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
