import type { WebSocket } from 'ws'
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
  const pending = new Map<string, (acknowledgement: Acknowledgement) => void>()
  let leaving = false
  // Clients give up on a connection without a ping from the server for 30 s.
  const ping = setInterval(() => {
    socket.ping('Ping from the lab')
  }, pingEveryMs)
  ping.unref()

  socket.on('message', (data) => {
    const ack = Ack.safeParse(parseJson(String(data)))
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

  return {
    app,
    usable: () => !leaving && socket.readyState === socket.OPEN,
    greet: (connections) => {
      socket.send(JSON.stringify({ type: 'hello', num_connections: connections, debug_info: { host: 'lab', approximate_connection_time: 18_060 }, connection_info: { app_id: app.id } }))
    },
    deliver: ({ outgoing, body, number, reason, twice, timeoutMs }) =>
      new Promise((resolve) => {
        const id = crypto.randomUUID()
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
        const retry = outgoing.kind === 'events_api' ? `,"retry_attempt":${number},"retry_reason":${JSON.stringify(reason)}` : ''
        const envelope = `{"envelope_id":"${id}","type":"${outgoing.kind}","accepts_response_payload":${outgoing.kind !== 'events_api'}${retry},"payload":${body}}`
        socket.send(envelope)
        if (twice) socket.send(envelope)
      }),
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
