import type { Entity, EntityKind } from '../../src/core/entity.ts'

/** Tags the SDKs and Sentry set themselves, which name nothing an investigation could follow. */
const PLAIN = /^(?:level|handled|mechanism|runtime|os|device|browser|sdk|dist|logger|platform|culprit|client_os|gpu|app)(?:\.|$)/
const KINDS: readonly [RegExp, EntityKind][] = [
  [/^environment$/, 'environment'], [/^release$/, 'release'], [/(?:server_name|host(?:name)?)$/, 'host'], [/user|client|tenant|account|customer/, 'user'], [/^url$/, 'url'],
  [/service/, 'service'], [/(?:function|handler|task|job)$/, 'function'], [/^(?:http\.)?status(?:_?code)?$/, 'status_code'],
  [/^(?:sqlstate|(?:error_?)?code)$/, 'error_code'], [/queue|monitor/, 'identifier'], [/pod$/, 'pod'], [/namespace$/, 'namespace'],
]

/** What a tag's value names. The team's own tags name something too; without a known key it is an identifier. */
export function tagEntity(key: string, value: string): Entity[] {
  if (PLAIN.test(key) || key === 'transaction' || value === '' || value === '(empty)') return []
  const kind = KINDS.find(([pattern]) => pattern.test(key))?.[1] ?? (/^[\w.:/@-]+$/.test(value) ? 'identifier' : undefined)
  return kind === undefined ? [] : [{ kind, value: value.replace(/^(?:id|email|username|ip):/, ''), label: key }]
}
