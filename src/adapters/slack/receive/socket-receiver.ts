import { setTimeout as sleep } from 'node:timers/promises'
import type { App, Receiver } from '@slack/bolt'
import { SocketModeClient } from '@slack/socket-mode'
import { z } from 'zod'
import { ConfigurationError } from '../../../core/errors.ts'
import { slackLogger } from '../edge-log.ts'
import type { EdgeLog } from '../edge-log.ts'
import { asForemanError, clientOptions } from '../slack-calls.ts'
import type { SlackConnection } from '../slack-calls.ts'
import { deliver } from './deliver.ts'

/** A receiver that can say whether Slack reaches us. */
export interface HealthyReceiver extends Receiver {
  /** Undefined when all is well, else what is wrong. */
  trouble(): string | undefined
}

export interface SocketTimes {
  /** Waits before each further attempt to connect, the last one for all that follow. */
  readonly reconnectMs: readonly number[]
  /** How long a connection may take to say hello. */
  readonly helloMs: number
  readonly goodbyeMs: number
}

const socketTimes: SocketTimes = { reconnectMs: [0, 1000, 2000, 5000, 10_000, 30_000], helloMs: 15_000, goodbyeMs: 2000 }

const Envelope = z.looseObject({
  body: z.record(z.string(), z.unknown()),
  retry_num: z.number().optional().catch(undefined),
  retry_reason: z.string().optional().catch(undefined),
})
type Acknowledge = (answer?: Record<string, unknown> | string) => Promise<void>

/**
 * Socket Mode, supervised. The client's own reconnecting is off: it ends the process on a failed attempt and waits five
 * seconds and more before each; ours goes on for ever and begins at once. Throws `ConfigurationError` when the first
 * attempt shows that the app token is no good.
 */
export function createSocketReceiver(slack: SlackConnection & { appToken: string }, log: EdgeLog, times: SocketTimes = socketTimes): HealthyReceiver {
  const client = new SocketModeClient({ appToken: slack.appToken, autoReconnectEnabled: false, clientOptions: clientOptions(slack, log), logger: slackLogger(log) })
  guardMessages(client, log)
  let app: App | undefined
  let connected = false
  let stopping = new AbortController()
  let supervision: Promise<void> = Promise.resolve()

  const underWay = new Set<Promise<void>>()
  client.on('slack_event', (event: unknown) => {
    // What comes now is for whoever connects next: what nobody acknowledges, Slack sends again.
    if (stopping.signal.aborted) return
    const received = receive(app, event, log).finally(() => underWay.delete(received))
    underWay.add(received)
  })
  const lost = (): Promise<void> => new Promise((resolve) => {
    client.once('disconnected', () => {
      connected = false
      resolve()
    })
  })
  /** `lost` resolves when the connection is. */
  const connect = async (): Promise<{ lost: Promise<void> }> => {
    await withinHello(client, times.helloMs)
    connected = true
    log.info({}, 'Slack is connected by Socket Mode')
    return { lost: lost() }
  }
  const supervise = async (first: { lost: Promise<void> } | undefined): Promise<void> => {
    await first?.lost
    for (let attempt = 0; !stopping.signal.aborted; attempt += 1) {
      await sleep(times.reconnectMs[Math.min(attempt, times.reconnectMs.length - 1)] ?? 1000, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      try {
        const connection = await connect()
        attempt = -1
        await connection.lost
      } catch (error) {
        log.warn({ error: asForemanError(error, 'a Socket Mode connection').message, attempt }, 'Slack is not reachable by Socket Mode; trying again')
      }
    }
  }
  return {
    init: (bolt) => {
      app = bolt
    },
    start: async () => {
      stopping = new AbortController()
      supervision = supervise(await connect().catch((error: unknown) => tolerate(error, log)))
    },
    stop: async () => {
      stopping.abort()
      await atMost(times.goodbyeMs, Promise.all(underWay))
      await atMost(times.goodbyeMs, client.disconnect())
      connected = false
      await atMost(times.goodbyeMs, supervision)
    },
    trouble: () => (connected ? undefined : 'Slack is not connected by Socket Mode; a new connection is being tried.'),
  }
}

/** What a first attempt may fail for. Throws `ConfigurationError` when trying again cannot help. */
function tolerate(error: unknown, log: EdgeLog): undefined {
  const failure = asForemanError(error, 'opening a Socket Mode connection')
  if (failure instanceof ConfigurationError) throw new ConfigurationError(['Slack refuses SLACK_APP_TOKEN. Make an app-level token with the scope connections:write and set it.'])
  log.warn({ error: failure.message }, 'Slack is not reachable by Socket Mode; trying again')
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController()
  await Promise.race([work, sleep(ms, undefined, { signal: enough.signal }).catch(() => undefined)])
  enough.abort()
}

/** Connects, and gives up a connection that never says hello. */
async function withinHello(client: SocketModeClient, helloMs: number): Promise<void> {
  const started = client.start()
  const late = sleep(helloMs, 'late' as const, { ref: false })
  if (await Promise.race([started.then(() => 'hello' as const), late]) === 'hello') return
  started.catch(() => undefined)
  await atMost(1000, client.disconnect())
  throw new Error(`no hello within ${helloMs} ms`)
}

/** The client throws, unhandled, on envelopes it does not expect (an event without an inner event); here that is a log line. */
function guardMessages(client: SocketModeClient, log: EdgeLog): void {
  const handlers = client.listeners('ws_message')
  client.removeAllListeners('ws_message')
  client.on('ws_message', (...parts: unknown[]) => {
    for (const handler of handlers) {
      const handled = (async () => await (handler(...parts) as unknown))()
      handled.catch((error: unknown) => log.warn({ error: String(error) }, 'Slack sent an envelope that is not understood; it was left'))
    }
  })
}

async function receive(app: App | undefined, event: unknown, log: EdgeLog): Promise<void> {
  const parsed = Envelope.safeParse(event)
  const acknowledge = (event as { ack?: Acknowledge }).ack
  if (!app || !parsed.success || !acknowledge) return log.warn({}, 'Slack sent an envelope without a body; it was left')
  const { body, retry_num: retryNum, retry_reason: retryReason } = parsed.data
  try {
    const answer = await deliver(app, { body, retryNum, retryReason })
    await acknowledge((answer ?? {}) as Record<string, unknown>)
  } catch (error) {
    log.error({ error: String(error), type: body['type'] }, 'A delivery of Slack was not taken; Slack will send it again')
  }
}
