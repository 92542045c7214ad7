import pino from 'pino'
import type { Logger } from 'pino'

export type Log = Logger

/**
 * The process's log: JSON lines on stderr, so that stdout stays a command's answer. Values of the given secrets, and fields
 * that hold credentials by name, are never written.
 */
export function createLog(level: string, secrets: readonly string[] = []): Log {
  const hidden = secrets.filter((secret) => secret.length >= 6)
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: ['token', '*.token', 'authorization', '*.authorization', 'headers', '*.headers', 'password', '*.password'], censor: '[hidden]' },
    hooks: { streamWrite: (line) => hidden.reduce((text, secret) => text.replaceAll(secret, '[hidden]'), line) },
  }, pino.destination({ dest: 2, sync: false }))
}
