import { LogLevel } from '@slack/bolt'
import type { Logger } from '@slack/bolt'

/** Where the edge writes its log: fields and a message; pino's logger fits. */
export interface EdgeLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Slack's packages log through this: their warnings are ours, their chatter is debug, and nothing reaches stdout. */
export function slackLogger(log: EdgeLog): Logger {
  const text = (parts: readonly unknown[]): string => parts.map(String).join(' ').slice(0, 2000)
  return {
    // Debug lines hold whole payloads, which are customers' words: they are dropped, not only quiet.
    debug: () => undefined,
    info: (...parts) => log.debug({ from: 'slack-sdk' }, text(parts)),
    warn: (...parts) => log.warn({ from: 'slack-sdk' }, text(parts)),
    error: (...parts) => log.error({ from: 'slack-sdk' }, text(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  }
}
