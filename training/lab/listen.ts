import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { ConfigurationError } from '../../src/core/errors.ts'
import { kubeconfigText } from './kubeconfig.ts'
import { labTokens, serviceNames, type ServiceName } from './service.ts'

export interface Endpoint {
  readonly url: string
  readonly token: string
}

/** A lab on ports of this machine. */
export interface ListeningLab {
  readonly services: Readonly<Record<ServiceName, Endpoint>>
  /** Text of a kubeconfig file that points real clients at the simulated cluster. */
  readonly kubeconfig: string
  close(): Promise<void>
}

const host = '127.0.0.1'

async function listenOn(fetch: (request: Request) => Promise<Response>, port: number): Promise<Server> {
  const server = createServer(getRequestListener((request) => fetch(request), { overrideGlobalObjects: false }))
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigurationError([`The lab cannot listen on ${host}:${port}: ${reason}. Free that port or choose another with --port.`])
  }
  return server
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map(async (server) => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }))
}

/**
 * Serves each service on a port of its own on the loopback interface: consecutive ports from `port`, or free ones.
 * `kubeconfig` names the cluster `cluster`. Throws a ConfigurationError that names a port that is taken.
 */
export async function listenLab(
  gates: Readonly<Record<ServiceName, (request: Request) => Promise<Response>>>,
  { port, cluster }: { port?: number | undefined; cluster: string },
): Promise<ListeningLab> {
  const servers: Server[] = []
  const endpoints: [ServiceName, Endpoint][] = []
  try {
    for (const [index, name] of serviceNames.entries()) {
      const server = await listenOn(gates[name], port === undefined || port === 0 ? 0 : port + index)
      servers.push(server)
      const address = server.address() as AddressInfo
      endpoints.push([name, { url: `http://${host}:${address.port}`, token: labTokens[name] }])
    }
  } catch (error) {
    await closeAll(servers)
    throw error
  }
  const services = Object.fromEntries(endpoints) as Record<ServiceName, Endpoint>
  return {
    services,
    kubeconfig: kubeconfigText({ cluster, server: services.kubernetes.url, token: services.kubernetes.token }),
    close: () => closeAll(servers),
  }
}
