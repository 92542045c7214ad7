import type { WebSocket } from 'ws'
import type { Acknowledgement, Dispatch, Outgoing } from '../events.ts'
import type { InstalledApp } from '../records.ts'
import { openSocketConnection, type DisconnectReason, type SocketConnection } from './socket-connection.ts'
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
  /** Takes over an upgraded socket; false when the ticket is unknown or used (the caller refuses with 403). */
  accept(ticket: string): ((socket: WebSocket) => void) | undefined
  readonly dispatch: Dispatch
  readonly controls: SocketControls
  /** Closes every connection and gives up every retry. */
  close(): void
}

const maxConnections = 10
const ticketLifeMs = 30_000

/** Socket Mode (docs.slack.dev/apis/events-api/using-socket-mode): tickets, connections, envelopes, acknowledgements, redelivery. */
export function createSocketMode(times: DeliveryTimes): SocketMode {
  const tickets = new Map<string, { app: InstalledApp; until: number }>()
  const connections: SocketConnection[] = []
  const arrivals = new Set<() => void>()
  const closing = new AbortController()
  const mishaps = { duplicate: 0, delayMs: 0 }
  let turn = 0

  const openFor = (appId: string) => connections.filter((connection) => connection.app.id === appId && connection.usable())

  const admit = (app: InstalledApp, socket: WebSocket) => {
    if (openFor(app.id).length >= maxConnections) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: {} }))
      socket.close()
      return
    }
    const connection = openSocketConnection(app, socket, () => {
      connections.splice(connections.indexOf(connection), 1)
    })
    connections.push(connection)
    connection.greet(openFor(app.id).length)
    for (const tell of arrivals) tell()
    arrivals.clear()
  }

  const attempt = async (app: InstalledApp, outgoing: Outgoing, body: string, number: number, reason: string): Promise<Acknowledgement> => {
    const delayMs = mishaps.delayMs
    mishaps.delayMs = 0
    if (delayMs > 0) await pauseFor(delayMs, closing.signal)
    const open = openFor(app.id)
    const connection = open[turn++ % Math.max(1, open.length)]
    if (!connection) return { acknowledged: false, reason: 'no_active_connection' }
    const twice = mishaps.duplicate > 0
    if (twice) mishaps.duplicate -= 1
    return connection.deliver({ outgoing, body, number, reason, twice, timeoutMs: times.ackTimeoutMs })
  }

  const pauseOrArrival = async (ms: number) => {
    let tell = () => {}
    const arrival = new Promise<void>((resolve) => {
      tell = resolve
      arrivals.add(tell)
    })
    const timer = new AbortController()
    await Promise.race([arrival, pauseFor(ms, AbortSignal.any([closing.signal, timer.signal]))])
    timer.abort()
    arrivals.delete(tell)
  }

  return {
    ticket: (app) => {
      const ticket = crypto.randomUUID()
      tickets.set(ticket, { app, until: performance.now() + ticketLifeMs })
      return ticket
    },
    accept: (ticket) => {
      const issued = tickets.get(ticket)
      tickets.delete(ticket)
      if (!issued || issued.until < performance.now()) return undefined
      return (socket) => {
        admit(issued.app, socket)
      }
    },
    dispatch: (app, outgoing) => {
      // Serialised once, now: what happens to the message afterwards is another event.
      const body = JSON.stringify(outgoing.payload)
      const retryDelays = outgoing.kind === 'events_api' ? times.retryDelaysMs : []
      return withRetries((number, reason) => attempt(app, outgoing, body, number, reason), pauseOrArrival, retryDelays, closing.signal)
    },
    controls: {
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
    },
    close: () => {
      closing.abort()
      for (const connection of [...connections]) connection.leave()
    },
  }
}
