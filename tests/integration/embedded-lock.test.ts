import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/adapters/store/database.ts'
import { lockDirectory } from '../../src/adapters/store/directory-lock.ts'
import { ConfigurationError } from '../../src/core/errors.ts'
import { startEmbeddedProcess, temporaryDirectory } from './embedded-harness.ts'

describe('the directory of an embedded database', () => {
  let place: ReturnType<typeof temporaryDirectory>
  beforeEach(() => {
    place = temporaryDirectory()
  })
  afterEach(() => place.remove())

  it('is refused to a second process with the way out, and free again when the first is killed', async () => {
    const { directory } = place
    const child = startEmbeddedProcess(directory, 'write')
    await child.says(1)
    const refused = await openDatabase({ location: { directory } }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ConfigurationError)
    expect(String(refused)).toMatch(/in use by process \d+, since .*DATABASE_URL/)
    await child.kill()
    const database = await openDatabase({ location: { directory } })
    await database.close()
  })

  it('is not taken because its lock is old', () => {
    const { directory } = place
    const lock = lockDirectory(directory)
    for (const file of [`${directory}.lock`, `${directory}.owner`]) utimesSync(file, 0, 0)
    expect(() => lockDirectory(directory)).toThrow('in use')
    lock.release()
    lockDirectory(directory).release()
  })

  it('is free again after a start that failed, which says where and why', async () => {
    const { directory } = place
    mkdirSync(directory)
    writeFileSync(join(directory, 'PG_VERSION'), '18')
    await expect(openDatabase({ location: { directory } })).rejects.toThrow(/in .*db did not start.*could not access the server configuration file/s)
    lockDirectory(directory).release()
  })
})
