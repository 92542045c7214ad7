import { createKeywordFilter } from './keyword-filter.ts'
import { createKnownSecrets } from './known-secrets.ts'
import { cardRules, emailRule, redactRules, secretKindOfKey } from './redact-rules.ts'
import type { RedactRule } from './redact-rules.ts'

/** Replaces secrets by placeholders; the same secret gets the same placeholder within one redactor. One per investigation. */
export interface Redactor {
  text(value: string): string
  /** Every string inside a JSON value, keys included. */
  json<T>(value: T): T
  /** As `json`, for values that were picked out of texts: a piece of a secret met before is hidden too. */
  picked<T>(values: T): T
  /** Looks at a service's answer before anybody else does, so that its secrets are known when they turn up without what gives them away. */
  notice(answer: string): void
}

/** What a redactor knows besides its rules. */
export interface RedactorOptions {
  /** Exact values of our own environment's secrets, wherever they turn up. */
  readonly secrets?: readonly string[]
  readonly emails?: boolean
  readonly cardNumbers?: boolean
}

/** Shorter values of our own would blot out ordinary words. */
const SHORTEST_OWN_SECRET = 8

/** The rules that may have to do with a text in lower case. */
type Candidates = (lower: string) => readonly RedactRule[]

/** What can come into a text before the rules look at it. */
const OWN_PLACEHOLDER = '[secret:own:1]'

/**
 * A redactor with placeholders such as `[secret:jwt:1]`, numbered per kind in the order secrets are met.
 * Ids that are evidence (uuids, trace and event ids, SHAs, request ids) stay, and so do hosts and database names in connection strings.
 */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const own = [...new Set(options.secrets ?? [])].filter((secret) => secret.length >= SHORTEST_OWN_SECRET).sort((a, b) => b.length - a.length)
  const rules = [...redactRules, ...(options.emails === true ? [emailRule] : []), ...(options.cardNumbers === true ? cardRules : [])]
  const allCandidates = createKeywordFilter(rules)
  const known = createKnownSecrets()
  const { placeholder } = known
  const cleaned = (value: string, candidates: Candidates): string => {
    let clean = value
    for (const secret of own) {
      if (clean.includes(secret)) clean = clean.replaceAll(secret, placeholder('own', secret))
      const cut = beginningBeforeCut(clean, secret)
      if (cut !== undefined) clean = clean.replaceAll(`${cut}…`, `${placeholder('own', secret)}…`)
    }
    for (const rule of candidates(clean.toLowerCase())) clean = applyRule(clean, rule, placeholder)
    return known.hide(clean)
  }
  const redacted = <T>(value: T, last: (clean: string) => string): T => {
    // A result has thousands of short strings, most of them the same few keys, and few rules have anything to do with any of them.
    const lower = `${JSON.stringify(value)} ${OWN_PLACEHOLDER}`.toLowerCase()
    const candidates = createKeywordFilter(allCandidates(lower))
    const seen = new Map<string, string>()
    const text = (part: string): string => {
      const known = seen.get(part)
      if (known !== undefined) return known
      const clean = last(cleaned(part, candidates))
      seen.set(part, clean)
      return clean
    }
    return redactValue(value, text, placeholder) as T
  }
  const text = (value: string): string => cleaned(value, allCandidates)
  return {
    text,
    json: (value) => redacted(value, (clean) => clean),
    picked: (values) => redacted(values, (clean) => known.placeholderOfPiece(clean) ?? clean),
    // Inside JSON, quotes are escaped, and the rules know them as they are.
    notice: (answer) => void text(answer.replaceAll(/\\(["\\/])/g, '$1')),
  }
}

/** The longest beginning of one of our own secrets that a tool's cut left standing. */
function beginningBeforeCut(text: string, secret: string): string | undefined {
  if (!text.includes('…') || !text.includes(secret.slice(0, SHORTEST_OWN_SECRET))) return undefined
  for (let length = secret.length - 1; length >= SHORTEST_OWN_SECRET; length -= 1) {
    const beginning = secret.slice(0, length)
    if (text.includes(`${beginning}…`)) return beginning
  }
  return undefined
}

function applyRule(text: string, rule: RedactRule, placeholder: (kind: string, secret: string) => string): string {
  return text.replace(rule.pattern, (...parts: unknown[]) => {
    const whole = String(parts[0])
    const groups = parts.at(-1)
    const secret = typeof groups === 'object' && groups !== null ? (groups as Record<string, string | undefined>)['secret'] : whole
    if (secret === undefined || secret.includes('[secret:') || rule.accept?.(secret) === false) return whole
    const at = whole.lastIndexOf(secret)
    return `${whole.slice(0, at)}${placeholder(rule.kind, secret)}${whole.slice(at + secret.length)}`
  })
}

function redactValue(value: unknown, text: (value: string) => string, placeholder: (kind: string, secret: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value !== 'object' || value === null) return value
  const inner = (key: unknown, part: unknown): unknown => {
    const kind = typeof key === 'string' && typeof part === 'string' ? secretKindOfKey(key, part) : null
    return kind !== null && typeof part === 'string' && !part.includes('[secret:') ? keyedSecret(part, kind, text, placeholder) : redactValue(part, text, placeholder)
  }
  if (Array.isArray(value)) {
    // Headers and parameters come as [name, value], or as { key, value }; two words without a digit are a list of two.
    return value.length === 2 && /\d/.test(String(value[1])) ? [inner(null, value[0]), inner(value[0], value[1])] : value.map((item) => inner(null, item))
  }
  const named = 'value' in value ? ('key' in value ? value.key : 'name' in value ? value.name : undefined) : undefined
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [text(key), inner(key === 'value' && named !== undefined ? named : key, part)]))
}

/** A more specific rule's placeholder wins over the key's, so that one secret has one placeholder wherever it stands. */
function keyedSecret(value: string, kind: string, text: (value: string) => string, placeholder: (kind: string, secret: string) => string): string {
  const clean = text(value)
  return clean === value ? placeholder(kind, value) : clean
}
