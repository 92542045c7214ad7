import type { RawData, WebSocket } from 'ws'
import { z } from 'zod'
import type { Acknowledgement, Outgoing } from '../events.ts'
import type { InstalledApp } from '../records.ts'

/** Why Slack asks a client to leave a connection. */
export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets'

/** One attempt to deliver one envelope. `body` is the payload as JSON; `twice` sends the same envelope again at once. */
export interface EnvelopeAttempt {
  readonly outgoing: Outgoing
  readonly body: string
  readonly number: number
  readonly reason: string
  readonly twice: boolean
  readonly timeoutMs: number
}

export interface SocketConnection {
  readonly app: InstalledApp
  /** Open, and not asked to leave. */
  usable(): boolean
  /** Sends `hello`; nothing else may come first. */
  greet(connections: number): void
  /** Sends an envelope and waits for its acknowledgement, the timeout or the end of the connection. */
  deliver(attempt: EnvelopeAttempt): Promise<Acknowledgement>
  sendRaw(envelope: unknown): void
  /** Sends `disconnect`, and closes a little later unless it was only a warning. */
  retire(reason: DisconnectReason): void
  /** Ends the connection without a close frame. */
  cut(): void
  /** Ends the connection with one. */
  leave(): void
}

const Ack = z.object({ envelope_id: z.string(), payload: z.unknown() })
const pingEveryMs = 10_000
const closeAfterRefreshMs = 50

/** One WebSocket of an app. `onClose` is called once, whoever ended it. */
export function openSocketConnection(app: InstalledApp, socket: WebSocket, onClose: () => void): SocketConnection {
  const pending: Pending = new Map()
  let leaving = false
  listen(socket, pending, onClose)

  return {
    app,
    usable: () => !leaving && socket.readyState === socket.OPEN,
    greet: (connections) => {
      socket.send(
        JSON.stringify({
          type: 'hello',
          num_connections: connections,
          debug_info: { host: 'lab', approximate_connection_time: 18_060 },
          connection_info: { app_id: app.id },
        }),
      )
    },
    deliver: (attempt) => {
      const id = crypto.randomUUID()
      const acknowledgement = awaitAcknowledgement(pending, id, attempt.timeoutMs)
      const envelope = envelopeText(id, attempt)
      socket.send(envelope)
      if (attempt.twice) socket.send(envelope)
      return acknowledgement
    },
    sendRaw: (envelope) => {
      socket.send(typeof envelope === 'string' ? envelope : JSON.stringify(envelope))
    },
    retire: (reason) => {
      leaving = reason !== 'warning'
      socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'lab' } }))
      if (leaving) {
        setTimeout(() => {
          socket.close()
        }, closeAfterRefreshMs).unref()
      }
    },
    cut: () => {
      leaving = true
      socket.terminate()
    },
    leave: () => {
      leaving = true
      socket.close(1001)
    },
  }
}

type Pending = Map<string, (acknowledgement: Acknowledgement) => void>

/** Settles acknowledgements, keeps the connection alive and tells of its end. */
function listen(socket: WebSocket, pending: Pending, onClose: () => void): void {
  // Clients give up on a connection without a ping from the server for 30 s.
  const ping = setInterval(() => {
    socket.ping('Ping from the lab')
  }, pingEveryMs)
  ping.unref()
  socket.on('message', (data) => {
    const ack = Ack.safeParse(parseJson(data))
    if (ack.success) pending.get(ack.data.envelope_id)?.({ acknowledged: true, body: ack.data.payload })
  })
  socket.on('error', () => {
    socket.terminate()
  })
  socket.on('close', () => {
    clearInterval(ping)
    onClose()
    for (const settle of pending.values()) settle({ acknowledged: false, reason: 'connection_closed' })
  })
}

function awaitAcknowledgement(pending: Pending, id: string, timeoutMs: number): Promise<Acknowledgement> {
  return new Promise((resolve) => {
    const settle = (acknowledgement: Acknowledgement) => {
      clearTimeout(timer)
      pending.delete(id)
      resolve(acknowledgement)
    }
    const timer = setTimeout(() => {
      settle({ acknowledged: false, reason: 'timeout' })
    }, timeoutMs)
    timer.unref()
    pending.set(id, settle)
  })
}

/** An envelope around a payload that is JSON already. */
function envelopeText(id: string, { outgoing, body, number, reason }: EnvelopeAttempt): string {
  const isEvent = outgoing.kind === 'events_api'
  const fields = {
    envelope_id: id,
    type: outgoing.kind,
    accepts_response_payload: !isEvent,
    ...(isEvent ? { retry_attempt: number, retry_reason: reason } : {}),
  }
  return `${JSON.stringify(fields).slice(0, -1)},"payload":${body}}`
}

function parseJson(data: RawData): unknown {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
