import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { WebSocketServer } from 'ws'
import { ConfigurationError } from '../../../src/core/errors.ts'
import type { SocketMode } from './delivery/socket-mode.ts'

const closeHandshakeMs = 100

export interface ListeningServer {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string
  /** Ends every connection, then the server. */
  close(): Promise<void>
}

/**
 * Serves a workspace's Hono app and its Socket Mode upgrades (`/link/?ticket=…`) on one port of this machine; port 0 takes a
 * free one. Throws a ConfigurationError that names a port that is taken.
 */
export async function listenOn(app: Hono, socketMode: SocketMode, port: number): Promise<ListeningServer> {
  const server = createAdaptorServer({ fetch: app.fetch })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const admit = url.pathname === '/link/' ? socketMode.accept(url.searchParams.get('ticket') ?? '') : undefined
    if (!admit) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, admit)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: Error) => {
      reject(new ConfigurationError([`The workspace cannot listen on 127.0.0.1:${port}: ${error.message}. Free that port or choose another with --port.`]))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        socketMode.close()
        server.close(() => {
          resolve()
        })
        // Clients get a moment to answer the close frame; a test that hangs on a dead one would be worse.
        setTimeout(() => {
          for (const client of sockets.clients) client.terminate()
          if ('closeAllConnections' in server) server.closeAllConnections()
        }, closeHandshakeMs).unref()
        if ('closeIdleConnections' in server) server.closeIdleConnections()
      }),
  }
}
