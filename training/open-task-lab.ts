import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../src/core/errors.ts'
import type { Estate } from '../src/estate.ts'
import { createLab } from './lab/lab.ts'
import type { Lab } from './lab/lab.ts'
import { labEstate } from './lab-connections.ts'
import { listTasks } from './tasks/list-tasks.ts'
import { loadTask } from './tasks/load-task.ts'
import type { LoadedTask } from './tasks/load-task.ts'

type Served = Awaited<ReturnType<Lab['listen']>>

/**
 * A task by its folder, or by the id of one below `tasksDirectory`. Throws `UserError` with the known ids when there is no such
 * folder, `ConfigurationError` when the one there cannot be read.
 */
export async function findTask(pathOrId: string, tasksDirectory: string): Promise<LoadedTask> {
  const path = [resolve(pathOrId), join(tasksDirectory, pathOrId)].find((candidate) => pathOrId !== '' && existsSync(candidate))
  if (path !== undefined) return await loadTask(path)
  const known = (await listTasks(tasksDirectory)).map(({ id }) => id)
  throw new UserError(`There is no task "${pathOrId}", neither as a folder nor as an id. Known: ${known.join(', ')}.`)
}

/** A task's world as the services an investigation looks into, in process. */
export async function taskEstate(pathOrId: string, tasksDirectory: string): Promise<{ estate: Estate; close(): Promise<void> }> {
  const { world } = await findTask(pathOrId, tasksDirectory)
  const lab = createLab(world)
  return { estate: labEstate(world, lab), close: () => lab.close() }
}

/** Serves a task's world on ports; `port` is the first one. */
export async function openTaskLab(pathOrId: string, tasksDirectory: string, port?: number): Promise<{ lab: Lab; served: Served }> {
  const { world } = await findTask(pathOrId, tasksDirectory)
  const lab = createLab(world)
  return { lab, served: await lab.listen(port === undefined ? {} : { port }) }
}

/** What a person needs to point clients at a served lab. */
export function labText({ now, services, kubeconfig }: { now: string; services: Served['services']; kubeconfig: string }): string {
  return [
    `The world stands still at ${now}.`,
    ...Object.entries(services).map(([name, { url, token }]) => `${name.padEnd(11)} ${url}   token ${token}`),
    '', 'A kubeconfig for kubectl:', kubeconfig, 'Ctrl-C ends it.',
  ].join('\n')
}
