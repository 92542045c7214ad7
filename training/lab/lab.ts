import { createManualClock, type Clock } from '../../src/core/time.ts'
import type { World } from '../../src/core/world/world.ts'
import { createGate } from './gate.ts'
import { listenLab, type Endpoint, type ListeningLab } from './listen.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { labOrigin, labTokens, serviceNames, type LabService, type ServiceName } from './service.ts'
import { serviceFactories } from './services.ts'

/** A world on the wire: six simulated services that agree with each other and with one clock. */
export interface Lab {
  /** The world's instant, ISO 8601. */
  readonly now: string
  readonly clock: Clock
  /** Addresses that only this lab's `fetch` resolves. */
  readonly services: Readonly<Record<ServiceName, Endpoint>>
  readonly recorder: Recorder
  /** As the global `fetch`, but reaches the lab's services by host name (`sentry.lab`, `x.supabase.lab`) and nothing else. Follows redirects. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Serves the same services on ports; without `port`, on free ones. */
  listen(options?: { port?: number }): Promise<ListeningLab>
  /** Stops whatever was started: ports, databases. */
  close(): Promise<void>
}

const redirects = new Set([301, 302, 303, 307, 308])
const redirectLimit = 5

/** A lab over `world`. Its clock stands still at the world's `now` unless another is given. Nothing starts before it is asked. */
export function createLab(world: World, { clock = createManualClock(world.header.now) }: { clock?: Clock } = {}): Lab {
  const recorder = createRecorder()
  const opened = new Map<ServiceName, Promise<LabService>>()
  const listening = new Set<ListeningLab>()
  const open = async (name: ServiceName): Promise<LabService> => {
    const running = opened.get(name) ?? serviceFactories[name]().then((create) => create(world, { clock, recorder }))
    opened.set(name, running)
    return running
  }
  const gates = byService((name) => createGate(name, { outages: world.header.outages, recorder, open: () => open(name) }))

  return {
    now: world.header.now,
    clock,
    recorder,
    services: byService((name) => ({ url: labOrigin(name), token: labTokens[name] })),
    fetch: (input, init) => dispatch(gates, new Request(input, init)),
    listen: async ({ port } = {}) => {
      const served = await listenLab(gates, { port, cluster: world.kubernetes.cluster })
      listening.add(served)
      return served
    },
    close: async () => {
      await Promise.all([...listening].map((served) => served.close()))
      listening.clear()
      const services = await Promise.all(opened.values())
      opened.clear()
      await Promise.all(services.map(async (service) => service.close?.()))
    },
  }
}

function byService<T>(make: (name: ServiceName) => T): Record<ServiceName, T> {
  return Object.fromEntries(serviceNames.map((name) => [name, make(name)])) as Record<ServiceName, T>
}

async function dispatch(gates: Readonly<Record<ServiceName, (request: Request) => Promise<Response>>>, first: Request): Promise<Response> {
  let request = first
  for (let hops = 0; hops <= redirectLimit; hops += 1) {
    first.signal.throwIfAborted()
    const { hostname } = new URL(request.url)
    const name = serviceNames.find((candidate) => hostname === `${candidate}.lab` || hostname.endsWith(`.${candidate}.lab`))
    // What the platform's fetch says of a host that does not exist.
    if (name === undefined) throw new TypeError('fetch failed', { cause: new Error(`getaddrinfo ENOTFOUND ${hostname}`) })
    const response = await untilAborted(gates[name](request), first.signal)
    const location = response.headers.get('location')
    if (first.redirect !== 'follow' || location === null || !redirects.has(response.status)) return response
    request = new Request(new URL(location, request.url), { headers: request.headers, signal: first.signal })
  }
  throw new TypeError('fetch failed', { cause: new Error('redirect count exceeded') })
}

/** `answer`, or the signal's reason as soon as it is aborted. */
async function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([answer, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
