import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { World } from '../../../src/core/world/world.ts'
import { jsonText } from './json-text.ts'

/**
 * The files of a world folder (tasks/README.md), path → text: JSON as `jsonText` writes it, one log line a line,
 * documents as they are. The same world always gives the same bytes.
 */
export function worldFiles(world: World): Record<string, string> {
  const json = (value: unknown): string => `${jsonText(value)}\n`
  const files: Record<string, string> = {
    'world.json': json(world.header),
    'sentry.json': json(world.sentry),
    'railway.json': json(world.railway),
    'kubernetes.json': json(world.kubernetes),
    'github.json': json(world.github),
    'supabase/project.json': json(world.supabase.project),
    'supabase/schema.sql': world.supabase.schemaSql,
    'supabase/data.sql': world.supabase.dataSql,
    'logs.jsonl': world.logs.map((line) => `${JSON.stringify(line)}\n`).join(''),
  }
  for (const [path, text] of Object.entries(world.docs)) files[`docs/${path}`] = text
  return files
}

/** Writes a world's files below `dir`, which is made when missing. Files already there under other names stay. */
export async function writeWorld(dir: string, world: World): Promise<void> {
  for (const [path, text] of Object.entries(worldFiles(world))) {
    const target = join(dir, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text)
  }
}
