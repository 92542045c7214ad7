import type { WebSocket } from 'ws'
import type { Acknowledgement, Dispatch } from '../events.ts'
import type { InstalledApp } from '../records.ts'
import {
  openSocketConnection,
  type DisconnectReason,
  type EnvelopeAttempt,
  type SocketConnection,
} from './socket-connection.ts'
import { pauseFor, withRetries, type DeliveryTimes } from './retries.ts'

/** What a test does to the sockets of an app. */
export interface SocketControls {
  /** How many connections the app has open. */
  connections(appId: string): number
  /** Sends `disconnect` on every connection and, except for a warning, closes them soon after, as a recycled backend does. */
  disconnect(appId: string, reason: DisconnectReason): void
  /** Cuts every connection without a close frame. */
  drop(appId: string): void
  /** Sends the next envelope twice, the same envelope with retry_attempt 0 both times. */
  duplicateNext(): void
  /** Holds the next envelope back this long, in milliseconds. */
  delayNext(ms: number): void
  /** Sends an envelope of any shape on one connection; for malformed and rare ones. */
  sendRaw(appId: string, envelope: unknown): void
}

export interface SocketMode {
  /** A one-time ticket for a connection URL of this app, good for 30 s. */
  ticket(app: InstalledApp): string
  /** What takes over the upgraded socket of this ticket; undefined when it is unknown, used or old (the caller refuses with 403). */
  accept(ticket: string): ((socket: WebSocket) => void) | undefined
  readonly dispatch: Dispatch
  readonly controls: SocketControls
  /** Closes every connection and gives up every retry. */
  close(): void
}

interface Mishaps {
  duplicate: number
  delayMs: number
}

type OpenConnections = (appId: string) => SocketConnection[]

const maxConnections = 10
const ticketLifeMs = 30_000

function createTickets(): Pick<SocketMode, 'ticket'> & { redeem(ticket: string): InstalledApp | undefined } {
  const issued = new Map<string, { app: InstalledApp; until: number }>()
  return {
    ticket: (app) => {
      const ticket = crypto.randomUUID()
      issued.set(ticket, { app, until: performance.now() + ticketLifeMs })
      return ticket
    },
    redeem: (ticket) => {
      const found = issued.get(ticket)
      issued.delete(ticket)
      return found && found.until >= performance.now() ? found.app : undefined
    },
  }
}

/** Lets deliveries that wait for their retry go on as soon as a connection opens. */
function createArrivals(closing: AbortSignal): { announce(): void; pause(ms: number): Promise<void> } {
  const waiting = new Set<AbortController>()
  return {
    announce: () => {
      for (const controller of waiting) controller.abort()
    },
    pause: async (ms) => {
      const arrival = new AbortController()
      waiting.add(arrival)
      await pauseFor(ms, AbortSignal.any([closing, arrival.signal]))
      waiting.delete(arrival)
    },
  }
}

function createControls(openFor: OpenConnections, mishaps: Mishaps): SocketControls {
  return {
    connections: (appId) => openFor(appId).length,
    disconnect: (appId, reason) => {
      for (const connection of openFor(appId)) connection.retire(reason)
    },
    drop: (appId) => {
      for (const connection of openFor(appId)) connection.cut()
    },
    duplicateNext: () => {
      mishaps.duplicate += 1
    },
    delayNext: (ms) => {
      mishaps.delayMs = ms
    },
    sendRaw: (appId, envelope) => {
      openFor(appId)[0]?.sendRaw(envelope)
    },
  }
}

type Attempt = (
  app: InstalledApp,
  envelope: Pick<EnvelopeAttempt, 'outgoing' | 'body' | 'number' | 'reason'>,
) => Promise<Acknowledgement>

/** Delivers envelopes, each to one of the open connections in turn. */
function createAttempts(openFor: OpenConnections, mishaps: Mishaps, timeoutMs: number, closing: AbortSignal): Attempt {
  let turn = 0
  return async (app, envelope) => {
    const { delayMs } = mishaps
    mishaps.delayMs = 0
    if (delayMs > 0) await pauseFor(delayMs, closing)
    const open = openFor(app.id)
    const connection = open[turn % Math.max(1, open.length)]
    turn += 1
    if (!connection) return { acknowledged: false, reason: 'no_active_connection' }
    const twice = mishaps.duplicate > 0
    if (twice) mishaps.duplicate -= 1
    return connection.deliver({ ...envelope, twice, timeoutMs })
  }
}

/** Socket Mode (docs.slack.dev/apis/events-api/using-socket-mode): tickets, connections, envelopes, acknowledgements, redelivery. */
export function createSocketMode(times: DeliveryTimes): SocketMode {
  const tickets = createTickets()
  const connections: SocketConnection[] = []
  const closing = new AbortController()
  const arrivals = createArrivals(closing.signal)
  const mishaps: Mishaps = { duplicate: 0, delayMs: 0 }

  const openFor: OpenConnections = (appId) =>
    connections.filter((connection) => connection.app.id === appId && connection.usable())

  const admit = (app: InstalledApp, socket: WebSocket) => {
    const connection = openSocketConnection(app, socket, () => {
      if (connections.includes(connection)) connections.splice(connections.indexOf(connection), 1)
    })
    if (openFor(app.id).length >= maxConnections) {
      connection.retire('too_many_websockets')
      return
    }
    connections.push(connection)
    connection.greet(openFor(app.id).length)
    arrivals.announce()
  }

  const attempt = createAttempts(openFor, mishaps, times.ackTimeoutMs, closing.signal)

  return {
    ticket: tickets.ticket,
    accept: (ticket) => {
      const app = tickets.redeem(ticket)
      if (!app) return undefined
      return (socket) => {
        admit(app, socket)
      }
    },
    dispatch: (app, outgoing) => {
      // Serialised once, now: what happens to the message afterwards is another event.
      const body = JSON.stringify(outgoing.payload)
      const retryDelays = outgoing.kind === 'events_api' ? times.retryDelaysMs : []
      return withRetries(
        (number, reason) => attempt(app, { outgoing, body, number, reason }),
        arrivals.pause,
        retryDelays,
        closing.signal,
      )
    },
    controls: createControls(openFor, mishaps),
    close: () => {
      closing.abort()
      for (const connection of [...connections]) connection.leave()
    },
  }
}
