import type { WorkerName } from '../../src/core/worker.ts'

/** One request a simulated service received. `write`: it would have changed something in the real service. */
export interface RecordedRequest {
  readonly service: WorkerName
  readonly method: string
  readonly path: string
  readonly query: string
  readonly status: number
  readonly write: boolean
  /** The simulation has no such route: a gap in the lab, or a client that strays. */
  readonly unknownRoute: boolean
}

type Mark = Partial<Pick<RecordedRequest, 'write' | 'unknownRoute'>>

/** Counts what the services of a lab are asked, so that gaps and attempts to write are seen. */
export interface Recorder {
  /**
   * A service says what only it can know about a request it is answering. Unmarked, anything but GET, HEAD and OPTIONS
   * counts as a write: a service whose reads are POSTs (SQL, GraphQL) marks them `write: false`.
   */
  mark(request: Request, mark: Mark): void
  /** Enters a finished request, with its marks; called once for each, by the gate in front of the services. */
  record(service: WorkerName, request: Request, status: number): void
  readonly requests: readonly RecordedRequest[]
  writes(): RecordedRequest[]
  unknownRoutes(): RecordedRequest[]
}

const readMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** A recorder with nothing in it. */
export function createRecorder(): Recorder {
  const requests: RecordedRequest[] = []
  const marks = new WeakMap<Request, Mark>()
  return {
    requests,
    mark: (request, mark) => {
      marks.set(request, { ...marks.get(request), ...mark })
    },
    record: (service, request, status) => {
      const url = new URL(request.url)
      requests.push({
        service,
        method: request.method,
        path: url.pathname,
        query: url.search,
        status,
        write: !readMethods.has(request.method),
        unknownRoute: false,
        ...marks.get(request),
      })
    },
    writes: () => requests.filter((request) => request.write),
    unknownRoutes: () => requests.filter((request) => request.unknownRoute),
  }
}
