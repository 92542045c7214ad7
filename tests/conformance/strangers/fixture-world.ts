import { resolve } from 'node:path'
import type { World } from '../../../src/core/world/world.ts'
import { loadWorld } from '../../../training/lab/world/load-world.ts'

/** The world whose values the clients must print. */
export async function fixtureWorld(): Promise<World> {
  return await loadWorld(resolve(import.meta.dirname, '../../fixtures/world'))
}
