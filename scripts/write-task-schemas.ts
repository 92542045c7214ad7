import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { taskSchemaFiles } from '../training/tasks/schemas.ts'

const folder = join(import.meta.dirname, '../tasks/schemas')
await mkdir(folder, { recursive: true })
for (const [name, text] of Object.entries(taskSchemaFiles())) await writeFile(join(folder, name), text)
console.log(`wrote ${Object.keys(taskSchemaFiles()).length} schemas to ${folder}`)
