import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { z } from 'zod'
import { ConfigurationError } from '../../../src/core/errors.ts'
import { GithubWorld } from '../../../src/core/world/github.ts'
import { KubernetesWorld } from '../../../src/core/world/kubernetes.ts'
import { LogLine } from '../../../src/core/world/logs.ts'
import { RailwayWorld } from '../../../src/core/world/railway.ts'
import { SentryWorld } from '../../../src/core/world/sentry.ts'
import { SupabaseProject } from '../../../src/core/world/supabase.ts'
import { WorldHeader, type World } from '../../../src/core/world/world.ts'
import { brokenReferences } from './broken-references.ts'
import { emptyDatabase, emptyGithub, emptyKubernetes, emptyRailway, emptySentry, emptySupabaseProject } from './empty-world.ts'

/** Reads the files of one world folder and keeps what is wrong with them as `file: path: what`. */
function createFolder(directory: string) {
  const problems: string[] = []

  function note(file: string, where: string, message: string): void {
    problems.push(`${file}: ${where === '' ? '' : `${where}: `}${message}`)
  }

  function parse<Schema extends z.ZodType>(file: string, where: string, text: string, schema: Schema): z.output<Schema> | undefined {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      note(file, where, error instanceof Error ? error.message : String(error))
      return undefined
    }
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues) note(file, [where, issue.path.join('.')].filter(Boolean).join(' '), issue.message)
    return undefined
  }

  async function text(file: string): Promise<string | undefined> {
    try {
      return await readFile(join(directory, file), 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
  }

  return {
    problems,
    text,
    /** The file's JSON by `schema`; `missing` where there is no such file; undefined, with problems noted, where it is wrong. */
    async json<Schema extends z.ZodType>(file: string, schema: Schema, missing: () => unknown): Promise<z.output<Schema> | undefined> {
      const content = await text(file)
      return content === undefined ? schema.parse(missing()) : parse(file, '', content, schema)
    },
    async lines<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema>[]> {
      const content = await text(file) ?? ''
      return content.split('\n').flatMap((line, index) => {
        if (line.trim() === '') return []
        const parsed = parse(file, `line ${index + 1}`, line, schema)
        return parsed === undefined ? [] : [parsed]
      })
    },
    /** Every document below `folder`, Markdown or YAML: path below it, with forward slashes, to text. */
    async pages(folder: string): Promise<Record<string, string>> {
      const root = join(directory, folder)
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
      const files = entries.filter((entry) => entry.isFile() && /\.(?:md|ya?ml)$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name)).toSorted()
      const pages = await Promise.all(files.map(async (file) => [relative(root, file).split(sep).join('/'), await readFile(file, 'utf8')] as const))
      return Object.fromEntries(pages)
    },
  }
}

/**
 * Loads a task's `world/` folder. `world.json` is required; a service without its file is empty. Throws one
 * ConfigurationError that names every problem as `file: path: what`, schema first, then references that lead nowhere.
 */
export async function loadWorld(directory: string): Promise<World> {
  const folder = createFolder(directory)
  const header = await folder.json('world.json', WorldHeader.optional(), () => undefined)
  if (header === undefined) {
    throw new ConfigurationError(folder.problems.length > 0 ? folder.problems : [`world.json: not found in ${directory}; a world starts with it`])
  }
  const sentry = await folder.json('sentry.json', SentryWorld, () => emptySentry(header))
  const railway = await folder.json('railway.json', RailwayWorld, () => emptyRailway(header))
  const kubernetes = await folder.json('kubernetes.json', KubernetesWorld, () => emptyKubernetes(header))
  const github = await folder.json('github.json', GithubWorld, emptyGithub)
  const project = await folder.json('supabase/project.json', SupabaseProject, () => emptySupabaseProject(header))
  const logs = await folder.lines('logs.jsonl', LogLine)
  const supabase = {
    schemaSql: await folder.text('supabase/schema.sql') ?? emptyDatabase.schemaSql,
    dataSql: await folder.text('supabase/data.sql') ?? emptyDatabase.dataSql,
  }
  const docs = await folder.pages('docs')
  if (folder.problems.length > 0 || !sentry || !railway || !kubernetes || !github || !project) throw new ConfigurationError(folder.problems)
  const world: World = { header, sentry, railway, kubernetes, github, supabase: { project, ...supabase }, logs, docs }
  const broken = brokenReferences(world)
  if (broken.length > 0) throw new ConfigurationError(broken)
  return world
}
