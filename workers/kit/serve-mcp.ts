import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { serve } from '@hono/node-server'
import { createMcpHandler, hostHeaderValidationResponse, localhostAllowedHostnames, localhostAllowedOrigins, originValidationResponse } from '@modelcontextprotocol/server'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { ConfigurationError } from '../../src/core/errors.ts'
import type { Worker } from '../../src/core/worker.ts'
import { createMcpServer } from './mcp-server.ts'

/** What both ways of serving take. `onError` is told what went wrong on the wire; nothing of it changes an answer. */
export interface McpServing {
  readonly version: string
  onError?(error: Error): void
}

/**
 * Serves a worker over a pair of streams, one JSON-RPC message a line (https://modelcontextprotocol.io/specification/2026-07-28/basic/transports).
 * Only messages are written to `output`. `ended` resolves when the client closes `input`; `close` ends the service.
 */
export function serveMcpOverStreams(worker: Worker, { input, output, ...serving }: McpServing & { input: Readable; output: Writable }): { ended: Promise<void>; close(): Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const boundary = randomUUID()
  for (const event of ['end', 'close'] as const) input.once(event, () => resolve())
  const handle = serveStdio(() => createMcpServer(worker, { version: serving.version, boundary }), { transport: new StdioServerTransport(input, output), ...reporting(serving) })
  return { ended: promise, close: () => handle.close() }
}

const HOST = '127.0.0.1'
const PATH = '/mcp'

/**
 * A worker's MCP endpoint as a fetch: streamable HTTP at `/mcp`, for this machine only. A request whose Host or Origin header names
 * another machine is refused (403), so that no web page can reach it by rebinding a name.
 */
export function createMcpEndpoint(worker: Worker, serving: McpServing): { fetch(request: Request): Promise<Response>; close(): Promise<void> } {
  // The client learns the boundary from one request and meets it in the next.
  const boundary = randomUUID()
  const handler = createMcpHandler(() => createMcpServer(worker, { version: serving.version, boundary }), reporting(serving))
  return {
    fetch: async (request) => {
      const refusal = hostHeaderValidationResponse(request, localhostAllowedHostnames()) ?? originValidationResponse(request, localhostAllowedOrigins())
      if (refusal !== undefined) return refusal
      if (new URL(request.url).pathname !== PATH) return new Response(`The MCP endpoint is ${PATH}.\n`, { status: 404 })
      return handler.fetch(request)
    },
    close: () => handler.close(),
  }
}

/** Serves that endpoint on a port of the loopback interface; 0 takes a free one. Throws a `ConfigurationError` for one that is taken. */
export async function serveMcpOverHttp(worker: Worker, { port, ...serving }: McpServing & { port: number }): Promise<{ url: string; close(): Promise<void> }> {
  const endpoint = createMcpEndpoint(worker, serving)
  const { promise, resolve, reject } = Promise.withResolvers<AddressInfo>()
  const server = serve({ fetch: endpoint.fetch, hostname: HOST, port }, resolve) as Server
  server.once('error', (error) => reject(new ConfigurationError([`Cannot serve MCP on ${HOST}:${port}: ${error.message}. Free that port or choose another with --http.`])))
  const address = await promise
  return {
    url: `http://${HOST}:${address.port}${PATH}`,
    close: async () => {
      await endpoint.close()
      await new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
    },
  }
}

function reporting({ onError }: McpServing): { onerror?: (error: Error) => void } {
  return onError === undefined ? {} : { onerror: onError }
}
