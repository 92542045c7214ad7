import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity } from '../../src/core/entity.ts'
import { extractEntities } from '../kit/extract-entities.ts'
import { clip } from '../kit/plain-text.ts'
import { memoryMebibytes } from './quantity.ts'

/** What a message of the cluster says in short, and whom it blames: an image, a Secret, a ConfigMap, a quota, else nobody. */
export interface Problem {
  readonly text: string
  readonly blamed: readonly Entity[]
}

interface Reading {
  readonly pattern: RegExp
  readonly read: (match: RegExpExecArray, message: string) => Problem
}

/** Messages of kubelet, scheduler and controllers, as https://github.com/kubernetes/kubernetes writes them. */
const READINGS: readonly Reading[] = [
  {
    pattern: /couldn't find key (\S+) in (Secret|ConfigMap) (?:[\w-]+\/)?([\w.-]+)/i,
    read: ([, key = '', kind = '', name = '']) => ({ text: `${kind} ${name} has no key ${key}`, blamed: [holder(kind, name), { kind: 'variable', value: key }] }),
  },
  { pattern: /\b(secret|configmap) "(?:[\w-]+\/)?([\w.-]+)" not found/i, read: ([, kind = '', name = '']) => ({ text: `${kind.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap'} ${name} does not exist`, blamed: [holder(kind, name)] }) },
  {
    pattern: /references non-existent (secret|config) key:? "?([\w.-]+)/i,
    read: ([, kind = '', key = ''], message) => ({ text: `a mounted ${kind === 'secret' ? 'Secret' : 'ConfigMap'} has no key ${key}${/for volume ("[^"]+")/.exec(message)?.[1]?.replace(/^/, ' (volume ').concat(')') ?? ''}`, blamed: [{ kind: 'variable', value: key }] }),
  },
  { pattern: /(?:Failed to (?:pull|apply default image tag)[^"]*|Back-off pulling) image "([^"]+)"|couldn't parse image (?:name|reference) "([^"]+)"/i, read: ([, pulled, named], message) => imageProblem(pulled ?? named ?? '', message) },
  { pattern: /The node (?:was low on resource:|had condition:) \[?([\w-]+)\]?/, read: ([, resource = ''], message) => ({ text: shortageText(resource, message), blamed: [] }) },
  { pattern: /Back-off restarting failed container[ =]?([\w-]*)/, read: ([, container = '']) => ({ text: `container${container === '' ? '' : ` ${container}`} keeps ending and is restarted with back-off`, blamed: [] }) },
  { pattern: /exceeded quota: ([\w.-]+), requested: (.+?), used: (.+?), limited: (.+)$/, read: ([, quota = '', wanted = '', used = '', most = '']) => ({ text: `quota ${quota} is exceeded: ${wanted} requested, ${used} used, limit ${most}`, blamed: [{ kind: 'identifier', value: quota }] }) },
  { pattern: /^\d+\/\d+ nodes are available: (.+?)\.?(?: preemption: .*)?$/s, read: ([, why = ''], message) => ({ text: `no node takes it, ${message.slice(0, message.indexOf(' '))} available: ${why}`, blamed: [] }) },
]

/** Reads a message of the cluster; one it does not know is only rid of its wrapping. */
export function readProblem(message: string): Problem {
  for (const { pattern, read } of READINGS) {
    const match = pattern.exec(message)
    if (match !== null) return read(match, message)
  }
  return { text: message.replaceAll(/rpc error: code = \w+ desc = /g, '').replace(/^Error: /, ''), blamed: [] }
}

/** What a message names besides those it blames. */
export function problemEntities(message: string): Entity[] {
  return distinctEntities([...readProblem(message).blamed, ...extractEntities(message)])
}

function holder(kind: string, name: string): Entity {
  return { kind: kind.toLowerCase() === 'secret' ? 'credential' : 'config_map', value: name }
}

/** Why a registry does not give an image; the last words of a chain of wrapped errors. */
const REFUSALS: readonly [RegExp, string][] = [
  [/not found|manifest unknown|does not exist/i, 'not found in the registry'], [/\b(?:401|403)\b|unauthorized|denied|no basic auth|authorization failed/i, 'the registry denies access'],
  [/\b429\b|too many requests|toomanyrequests/i, 'the registry answers 429 Too Many Requests'], [/no match for platform|no matching manifest/i, 'not built for this node’s platform'],
  [/no such host/i, 'the registry’s host does not resolve'], [/x509|certificate/i, 'the registry’s certificate is refused'], [/deadline exceeded|timeout/i, 'the registry does not answer in time'],
  [/invalid reference format/i, 'it is no valid reference'],
]

function imageProblem(image: string, message: string): Problem {
  const why = REFUSALS.find(([pattern]) => pattern.test(message.replaceAll(image, '')))?.[1]
  return { text: `image ${image} cannot be pulled${why === undefined ? '' : `: ${why}`}`, blamed: [{ kind: 'image', value: image }] }
}

/** What an eviction was about, as its message says it. */
export interface Shortage {
  readonly resource: string
  readonly container: string | null
  readonly used: string | null
  readonly request: string | null
  readonly available: string | null
}

/** The shortage behind an eviction's message; undefined when it tells of none. https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/ */
export function shortageOf(message: string): Shortage | undefined {
  const resource = /The node (?:was low on resource:|had condition:) \[?([\w-]+)/.exec(message)?.[1]
  if (resource === undefined) return undefined
  const [, container = null, used = null, request = null] = /Container (\S+) was using (\w+), request is (\w+)/.exec(message) ?? []
  return { resource, container, used, request, available: /available: (\w+)/.exec(message)?.[1] ?? null }
}

function shortageText(resource: string, message: string): string {
  const shortage = shortageOf(message)
  const available = shortage?.available ?? null
  const use = shortage?.container == null ? '' : `; container ${shortage.container} used ${readable(shortage.used ?? '')}, request ${shortage.request ?? '0'}`
  return `the node was low on ${resource}${available === null ? '' : `, ${readable(available)} available`}${use}`
}

/** An amount as it is written, with GiB or MiB behind where that is easier to take in: `80370760Ki (76.6 GiB)`. */
export function readable(amount: string): string {
  const mebibytes = memoryMebibytes(amount) ?? 0
  if (mebibytes < 10 || /^\d+(?:\.\d+)?[MG]i$/.test(amount)) return amount
  return clip(`${amount} (${mebibytes >= 1024 ? `${(mebibytes / 1024).toFixed(1)} GiB` : `${Math.round(mebibytes)} MiB`})`, 60)
}
