import { readFileSync, writeFileSync } from 'node:fs'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { z } from 'zod'

/** What the shipped snapshot was made from; another value of either makes it stale. */
export const SnapshotOrigin = z.object({
  /** `migrationsHash` of the migrations inside. */
  migrations: z.string(),
  pglite: z.string(),
})
export type SnapshotOrigin = z.infer<typeof SnapshotOrigin>

const originFile = new URL('../../../deploy/database/snapshot.json', import.meta.url)
const tarFile = new URL('../../../deploy/database/snapshot.tar.zst', import.meta.url)

/** The version of PGlite that is installed. */
export function installedPglite(): string {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, 'utf8'))).version
}

/** The shipped data directory as a tar, or the reason why it cannot be used. */
export function readSnapshot(expected: SnapshotOrigin): { tar: Uint8Array } | { stale: string } {
  try {
    const origin = SnapshotOrigin.parse(JSON.parse(readFileSync(originFile, 'utf8')))
    if (origin.migrations !== expected.migrations) return { stale: 'its migrations are not the current ones' }
    if (origin.pglite !== expected.pglite) return { stale: `it was made by PGlite ${origin.pglite}, ${expected.pglite} is installed` }
    return { tar: zstdDecompressSync(readFileSync(tarFile)) }
  } catch (error) {
    return { stale: error instanceof Error ? error.message : String(error) }
  }
}

/** Writes the shipped snapshot; returns its size in bytes. */
export function writeSnapshot(tar: Uint8Array, origin: SnapshotOrigin): number {
  const compressed = zstdCompressSync(tar, {
    params: {
      [constants.ZSTD_c_compressionLevel]: 19,
      [constants.ZSTD_c_enableLongDistanceMatching]: 1,
      [constants.ZSTD_c_windowLog]: 27,
    },
  })
  writeFileSync(tarFile, compressed)
  writeFileSync(originFile, `${JSON.stringify(origin, null, 2)}\n`)
  return compressed.byteLength
}
