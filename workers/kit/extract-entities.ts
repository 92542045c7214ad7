import { distinctEntities } from '../../src/core/entity.ts'
import type { Entity, EntityKind } from '../../src/core/entity.ts'

interface Rule {
  readonly kind: EntityKind
  /** Global; the group named `value`, or else the whole match, is the entity. */
  readonly pattern: RegExp
  /** Whether a match is really one; shapes alone are not always enough. */
  readonly accept?: (value: string) => boolean
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const QUOTE = '["\'`“”‘’]'
const NAME = String.raw`[A-Za-z_][\w.-]{1,120}`

/** Keys whose value says what it is, in `key=value`, `"key": "value"` and `key "value"`; structured logs are full of them. */
const KEYS: readonly [EntityKind, string][] = [
  ['service', 'service|app|component'], ['function', 'function|func|handler|fn|task|procedure'], ['cronjob', 'cron(?:job)?|schedule'], ['pod', 'pod'], ['namespace', 'namespace'],
  ['container', 'container'], ['environment', 'environment|env'],
  ['user', 'user(?:_?id)?|client(?:_?id)?|api_client|tenant(?:_?id)?|account(?:_?id)?|customer(?:_?id)?|organi[sz]ation(?:_?id)?|org(?:_?id)?|workspace(?:_?id)?|shop|merchant|partner'],
  ['database', 'database|dbname'], ['bucket', 'bucket'], ['credential', 'secret|token_id|key_id|credential'], ['identifier', 'queue|topic|caller|source|region|zone|subscription|consumer_group|group|stream|provider|shard|sku'],
  ['variable', 'variable|setting|flag|feature|feature_flag|toggle|experiment'], ['node', 'node'], ['job', 'job'], ['branch', 'branch'], ['release', 'release'], ['deployment', 'deployment(?:_?id)?'],
  ['column', 'field|property|attribute|param|parameter|column'],
]
const KEY_RULES: readonly Rule[] = KEYS.flatMap(([kind, keys]): Rule[] => [
  { kind, pattern: new RegExp(String.raw`(?<![\w.-])(?:${keys})(?:=${QUOTE}?|"\s*:\s*")(?<value>[A-Za-z][\w.-]{1,80})`, 'gi'), accept: (value) => !/^(?:null|undefined|none|true|false|unknown)$/i.test(value) },
  { kind, pattern: new RegExp(String.raw`\b(?:${keys})\s+${QUOTE}(?<value>[A-Za-z][\w.-]{1,80})${QUOTE}`, 'gi') },
])

/** The order says who gets a piece of text that two rules could claim: first the most specific shapes. */
const RULES: readonly Rule[] = [
  { kind: 'url', pattern: /\bhttps?:\/\/[^\s"'<>`)\]}]+[^\s"'<>`)\]}.,;:!?]/g },
  { kind: 'trace', pattern: /\btrace(?:_?id)?["']?[=: "]+(?<value>[0-9a-f]{32})\b/gi },
  { kind: 'identifier', pattern: new RegExp(String.raw`\b${UUID}\b`, 'gi') },
  { kind: 'commit', pattern: /\b[0-9a-f]{40}\b/g },
  { kind: 'commit', pattern: /\b(?:commit|sha|revision|rev)[ :=@]+(?<value>[0-9a-f]{7,39})\b/gi, accept: hasDigitAndLetter },
  { kind: 'identifier', pattern: /\b[0-9a-f]{32}\b/g },
  { kind: 'identifier', pattern: /\b[a-z]{2,12}_[A-Za-z0-9]{8,60}\b/g, accept: (value) => looksRandom(value.slice(value.indexOf('_') + 1)) },
  // Kubernetes writes the hash and the suffix of a pod's name in an alphabet without vowels, 0, 1 and 3.
  { kind: 'pod', pattern: /\b[a-z][a-z0-9-]{0,60}-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g },
  { kind: 'error_code', pattern: /\b(?:E(?:CONN|ADDR|HOST|NET|TIME|PIPE|NOT|AI_|ACCES|PERM|EXIST|NOENT|NOSPC|MFILE|BUSY)[A-Z_]*|PGRST\d{3}|P[12]\d{3}|ERR_[A-Z_]{3,60}|UND_ERR_[A-Z_]+)\b/g },
  { kind: 'error_code', pattern: /\b(?:OOMKilled|CrashLoopBackOff|ImagePullBackOff|ErrImagePull|CreateContainerConfigError|FailedScheduling|Evicted|SIGKILL|SIGTERM|SIGSEGV)\b/g },
  { kind: 'error_code', pattern: /\b(?:SQLSTATE|code|errcode)[ :=("'[]+(?<value>[0-9A-Z]{5})\b/g, accept: (value) => /\d/.test(value) },
  { kind: 'error_type', pattern: /\b(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Timeout|Fault|Violation)\b/g },
  { kind: 'status_code', pattern: /\b(?:HTTP(?:\/\d(?:\.\d)?)?|status(?:[ _]?code)?|answered|returned|responded(?: with)?)[ :="]+(?<value>[1-5]\d\d)\b/gi },
  { kind: 'status_code', pattern: /\b(?<value>[45]\d\d) (?=(?:Bad Request|Unauthorized|Forbidden|Not Found|Conflict|Gone|Unprocessable|Too Many Requests|Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout)\b)/gi },
  { kind: 'status_code', pattern: /\b(?<value>[45]\d\d)(?= (?:from|on|in) )/g },
  // What Kubernetes says a container waits for, and what libraries say a document lacks.
  { kind: 'variable', pattern: /\bkey "?(?<value>[\w.-]{2,120})"? in (?:secret|configmap)\b/gi },
  { kind: 'credential', pattern: /\bsecret(?: named)? (?:[a-z0-9-]+\/|"(?:[a-z0-9-]+\/)?)(?<value>[a-z0-9][a-z0-9.-]{1,120})/gi },
  { kind: 'config_map', pattern: /\bconfig ?map(?: named)? (?:[a-z0-9-]+\/|"(?:[a-z0-9-]+\/)?)(?<value>[a-z0-9][a-z0-9.-]{1,120})/gi },
  { kind: 'column', pattern: new RegExp(String.raw`\b(?:field|property|attribute|parameter|path|KeyError:|missing key)s?:?\s+${QUOTE}(?<value>[A-Za-z_][\w.[\]-]{0,80})${QUOTE}`, 'gi') },
  { kind: 'table', pattern: new RegExp(String.raw`\b(?:relation|table)\s+${QUOTE}(?<value>${NAME})${QUOTE}`, 'gi') },
  { kind: 'table', pattern: /\b(?:alter|create|drop|truncate)\s+table\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?(?<value>[a-z_][\w.]{1,120})/gi },
  { kind: 'table', pattern: /\b(?:insert\s+into|update|delete\s+from|from|join)\s+(?<value>[a-z_]\w{0,60}\.[a-z_]\w{1,60})(?=[\s(;]|$)/gi },
  { kind: 'policy', pattern: new RegExp(String.raw`\b(?:create|drop|alter)\s+policy\s+(?:if\s+exists\s+)?${QUOTE}?(?<value>[a-z_]\w{2,80})`, 'gi') },
  { kind: 'identifier', pattern: /\b(?:create|drop|alter)\s+(?:unique\s+)?index\s+(?:concurrently\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?<value>(?:[a-z_]\w*\.)?[a-z_]\w{2,80})/gi },
  { kind: 'table', pattern: /\bon\s+(?<value>public\.[a-z_]\w{1,60})(?=[\s(;]|$)/gi },
  { kind: 'column', pattern: /\brename\s+(?:column\s+)?\w+\s+to\s+(?<value>[a-z_]\w{1,60})/gi },
  { kind: 'column', pattern: new RegExp(String.raw`\bcolumn\s+${QUOTE}?(?<value>[a-z_][\w.]{1,120})${QUOTE}?(?=\s|$|[,;:)])`, 'gi'), accept: (value) => !/^(?:of|in|is|and|or|does|not|with|was|names?|types?|to|from|the)$/i.test(value) },
  { kind: 'function', pattern: new RegExp(String.raw`\bfunction\s+${QUOTE}?(?<value>[A-Za-z_][\w.]{1,120})`, 'g'), accept: (value) => !/^(?:of|in|is|and|or|does|not|with|was|to|from|the|call|returned|failed|timed)$/i.test(value) },
  { kind: 'function', pattern: /(?<![\w.])(?<value>[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*){0,4})\(\)/g },
  { kind: 'function', pattern: /(?<![\w.])[a-z]+(?:_[a-z0-9]+){1,6}(?=\s*\()/g },
  { kind: 'role', pattern: new RegExp(String.raw`\b(?:role|for user)\s+${QUOTE}(?<value>${NAME})${QUOTE}`, 'gi') },
  { kind: 'policy', pattern: new RegExp(String.raw`\bpolicy\s+${QUOTE}(?<value>[^"'\x60]{2,120})${QUOTE}`, 'gi') },
  { kind: 'service', pattern: new RegExp(String.raw`\bservice[ :=]+${QUOTE}(?<value>${NAME})${QUOTE}`, 'gi') },
  ...KEY_RULES,
  // Dates and numbers under which an interface is addressed.
  { kind: 'identifier', pattern: /\b(?:api[-_ ]?)?version["']?[ =:"']+(?<value>\d{4}-\d\d-\d\d|v?\d+(?:\.\d+){1,3}|v\d+(?:(?:alpha|beta)\d+)?)(?![\w.-]*\w)/gi },
  { kind: 'identifier', pattern: /\b(?:topic|queue|stream|subscription|exchange|consumer group)[: ]+(?<value>[a-z0-9]+(?:[-_.:/][\w]+)+)/gi },
  { kind: 'domain', pattern: /\b(?:CN ?= ?|certificate (?:for|of) )["']?(?<value>(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi },
  { kind: 'image', pattern: /\bimage[ =:"]+(?<value>[a-z0-9][a-z0-9._-]*:[\w][\w.-]{0,80})(?![\w/])/g },
  { kind: 'image', pattern: /\b(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?\/)?[a-z0-9-]+(?:\/[a-z0-9._-]+)+(?::[\w][\w.-]{0,80}|@sha256:[0-9a-f]{64})(?![\w/])/g, accept: (value) => !/\.[a-z]{1,4}:\d+$/.test(value) },
  { kind: 'file', pattern: /\bfile:\/\/(?:\/(?:usr\/src\/)?app\/(?=[\w.@-]))?(?<value>\/?(?:[\w.@-]+\/)*[\w.@-]+\.[a-z]{1,5}(?::\d+(?::\d+)?)?)(?!\w)/gi },
  { kind: 'file', pattern: /(?<![\w/.])(?:\/?[\w.@-]+\/)+[\w.@-]+\.[a-z]{1,5}(?::\d+(?::\d+)?)?(?!\w)/gi },
  { kind: 'file', pattern: /(?<![\w/.-])[\w-]+\.(?:tsx?|jsx?|mjs|py|go|rs|rb|java|kt|sql|ya?ml|toml|json|sh)(?::\d+)?(?![\w.])/g, accept: (value) => !/^(?:node|next|nuxt|vue|express|deno|bun)\.js$/i.test(value) },
  { kind: 'host', pattern: /\bhttps?:\/\/(?<value>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}(?::\d{2,5})?)/gi },
  { kind: 'host', pattern: /(?<![\w@/.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:internal|local|svc|com|net|org|io|dev|app|co|example|test|cloud|sh|ai)(?::\d{2,5})?(?![\w.-]*\w)/gi },
  { kind: 'host', pattern: /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{2,5})?\b/g },
  { kind: 'host', pattern: /(?<![\w./:@-])[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*:\d{4,5}(?![\w./:-]*\w)/g, accept: (value) => !/^(?:line|code|status|errno|pid|port|id|row|at|localhost)[:.]/.test(value) && !/\.(?:tsx?|[cm]?jsx?|py|go|rs|rb|java|kt|sql):/.test(value) },
  { kind: 'host', pattern: /(?<![\w.-])(?:host|hostname|server|upstream|peer|addr|address|endpoint|broker)=["']?(?<value>[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*(?::\d{2,5})?)(?![\w./])/gi },
  { kind: 'host', pattern: /\b(?:ENOTFOUND|EAI_AGAIN|lookup|resolve host|no such host)[ :"']+(?<value>[a-z0-9][\w.-]{2,120})/gi },
  { kind: 'variable', pattern: /\b(?:process\.env\.|os\.environ\[?["']?|(?:env(?:ironment)? )?variable )["'`]?(?<value>[A-Z][A-Z0-9_]{2,60})\b/g },
  { kind: 'variable', pattern: /(?<![\w.])[A-Z][A-Z0-9]{2,40}(?==)/g },
  { kind: 'variable', pattern: /(?<![\w.])[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+(?![\w.(])/g, accept: (value) => !/^(?:ERR|E|UND_ERR|SQLSTATE|HTTP|STATUS)_/.test(value) },
  { kind: 'quantity', pattern: /(?<![\w.:/-])\d[\d,_]*(?:\.\d+)?\s?(?:%|(?:ms|s|sec|seconds|min|minutes|hours|[KMGT]i?B?|bytes|[kM]B|m|req\/s|rps|connections|rows|retries)\b)/g },
  // Rows, messages and orders are numbered, and a log line says which: message=810897.
  { kind: 'identifier', pattern: /(?<![\w.-])(?:[a-z]+_)*(?:id|message|msg|job|order|row|request|invoice|record|item|batch|number|no|user|tenant|account|customer)["']?[=#:]\s?["']?(?<value>\d{4,14})(?![\w.])/gi },
  { kind: 'identifier', pattern: /\b(?:message|job|order|row|invoice|record|batch|tenant|account|customer|user) #?(?<value>\d{4,14})(?![\w.])/gi },
  { kind: 'identifier', pattern: new RegExp(String.raw`${QUOTE}(?<value>[A-Za-z_][\w:.@/-]{2,80})${QUOTE}`, 'g'), accept: (value) => /[-_:.\d/@]|[a-z][A-Z]/.test(value) },
]

/** Text beyond this is not searched: a line long enough to need more names nothing new. */
const MOST_TEXT = 4_000

/**
 * The identifiers inside a message, typed by their shape: uuids and prefixed ids, SHAs, hosts, URLs, files, environment variables,
 * functions, tables, columns, error types and codes, status codes, pods, images, quantities, and quoted names. In reading order of rule.
 */
export function extractEntities(text: string, most = 20): Entity[] {
  const searched = text.slice(0, MOST_TEXT)
  const taken: [number, number][] = []
  const found: Entity[] = []
  for (const { kind, pattern, accept } of RULES) {
    for (const match of searched.matchAll(pattern)) {
      const value = match.groups?.['value'] ?? match[0]
      const start = match.index + match[0].indexOf(value)
      const end = start + value.length
      // What was cut there is the beginning of a name, which is not a name.
      if (searched[end] === '…') continue
      if (value.length > 200 || accept?.(value) === false || taken.some(([from, to]) => start < to && end > from)) continue
      // A URL's inside stays open: the ids in it are worth as much as the URL.
      if (kind !== 'url') taken.push([start, end])
      // Postgres leaves the default schema out of its messages, migrations write it: one table, one name.
      found.push({ kind, value: kind === 'table' ? value.replace(/^public\./, '') : value })
    }
  }
  return distinctEntities(found).slice(0, most)
}

function hasDigitAndLetter(value: string): boolean {
  return /\d/.test(value) && /[a-z]/i.test(value)
}

/** Random parts of ids mix digits or cases; words do not. */
function looksRandom(value: string): boolean {
  return /\d/.test(value) || (/[A-Z]/.test(value.slice(1)) && /[a-z]/.test(value))
}
