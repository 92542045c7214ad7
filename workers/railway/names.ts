import type { Clock } from '../../src/core/time.ts'

/** What the things of a project are called. */
export interface Names {
  readonly project: string
  readonly environments: readonly { readonly id: string; readonly name: string }[]
  readonly services: readonly { readonly id: string; readonly name: string }[]
}

const KEPT_MILLISECONDS = 10 * 60_000

/** Names by connection: calls of one investigation share one look-up, and a service made meanwhile is found by asking afresh. */
export class NameCache {
  readonly #kept = new WeakMap<object, { readonly at: number; readonly names: Promise<Names> }>()

  /** The names of a connection, read at most once in ten minutes of `clock` unless `fresh`. A failed look-up is not kept. */
  async get(connection: object, clock: Clock, read: () => Promise<Names>, fresh: boolean): Promise<Names> {
    const now = clock.now().getTime()
    const known = this.#kept.get(connection)
    if (!fresh && known !== undefined && Math.abs(now - known.at) < KEPT_MILLISECONDS) return known.names
    const names = read()
    this.#kept.set(connection, { at: now, names })
    try {
      return await names
    } catch (error) {
      this.#kept.delete(connection)
      throw error
    }
  }
}

/** What a service or an environment is called; its id where nobody knows it, `unknown` where it has none. */
export function nameOf(named: readonly { readonly id: string; readonly name: string }[], id: string | null | undefined): string {
  return named.find((one) => one.id === id)?.name ?? id ?? 'unknown'
}
