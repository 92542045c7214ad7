import type { Clock } from '../../src/core/time.ts'
import { workerNames, type WorkerName } from '../../src/core/worker.ts'
import type { World } from '../../src/core/world/world.ts'
import type { Recorder } from './recorder.ts'

/** Every simulated service bears the name of the worker that reads it. */
export type ServiceName = WorkerName
export const serviceNames: readonly ServiceName[] = workerNames

/** What a simulated service is given besides its world: where "now" comes from, and who counts its requests. */
export interface LabDeps {
  readonly clock: Clock
  readonly recorder: Recorder
}

/**
 * A simulated service: answers requests as the real one would, from its world and the clock alone, so that the same
 * request always gets the same bytes. A Hono app satisfies it. It speaks at the root of its address, so absolute
 * links in its answers start with the request's own origin. Credentials and outages are checked before it is asked.
 */
export interface LabService {
  fetch(request: Request): Promise<Response> | Response
  close?(): Promise<void>
}

export type CreateLabService = (world: World, deps: LabDeps) => LabService

/**
 * The one credential each service accepts, in the form the vendor's own clients insist on (Supabase's CLI refuses
 * anything but `sbp_` and 40 hex digits). Made up, and worth nothing outside the lab.
 */
export const labTokens: Readonly<Record<ServiceName, string>> = {
  sentry: `sntryu_${'1ab0'.repeat(16)}`,
  supabase: `sbp_${'1ab0'.repeat(10)}`,
  railway: '1ab01ab0-0000-4000-8000-1ab01ab01ab0',
  kubernetes: 'lab-kubernetes-token',
  github: `ghp_${'1ab0'.repeat(9)}`,
  docs: 'lab-docs-token',
}

/** A service's address in process: only the lab's own `fetch` resolves it. */
export function labOrigin(service: ServiceName): string {
  return `http://${service}.lab`
}
