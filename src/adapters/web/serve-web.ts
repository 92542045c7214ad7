import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { ConfigurationError } from '../../core/errors.ts'

export interface ServedWeb {
  readonly url: string
  /** Stops taking requests and waits for those under way. */
  close(): Promise<void>
}

/** Serves `app`; port 0 takes a free one. Throws `ConfigurationError` when the port cannot be had. */
export async function serveWeb(app: Hono, { host, port }: { host: string; port: number }): Promise<ServedWeb> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = serve({ fetch: app.fetch, hostname: host, port }, (address) => resolve(address.port))
  server.once('error', (error: NodeJS.ErrnoException) => {
    reject(new ConfigurationError([error.code === 'EADDRINUSE' ? `Port ${port} is in use. Set PORT to a free one, or stop what uses it.` : `Cannot listen on ${host}:${port}: ${error.message}`]))
  })
  const bound = await promise
  return {
    url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${bound}`,
    close: () => new Promise((done) => {
      server.close(() => done())
    }),
  }
}
