import { families } from '../../tasks/families/catalog.ts'
import { createLab } from '../../training/lab/lab.ts'
import { listTasks } from '../../training/tasks/list-tasks.ts'
import { loadTask } from '../../training/tasks/load-task.ts'
import { quantileRows, timed } from './rows.ts'
import type { Row } from './rows.ts'

const rounds = 5

/** How long a world takes: read and checked from its files, drawn from its family, and its database started. */
export async function worlds(tasksDirectory: string): Promise<Row[]> {
  const tasks = await listTasks(tasksDirectory)
  const [loads, draws, databases]: [number[], number[], number[]] = [[], [], []]
  for (let round = 0; round < rounds; round += 1) {
    for (const { path } of tasks) loads.push(await timed(() => loadTask(path)))
    for (const family of families) draws.push(await timed(async () => family.draw(`bench-${round}`)))
  }
  for (const { path } of tasks) {
    const { world } = await loadTask(path)
    const lab = createLab(world)
    const { url, token } = lab.services.supabase
    databases.push(await timed(() => lab.fetch(`${url}/v1/projects/${world.supabase.project.ref}/database/query/read-only`, {
      method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ query: 'select 1' }),
    })))
    await lab.close()
  }
  return [
    ...quantileRows('world: load a task', `${tasks.length} tasks, ${rounds} times`, loads),
    ...quantileRows('world: draw a task', `${families.length} families, ${rounds} seeds`, draws),
    ...quantileRows('world: start its database', `${tasks.length} tasks`, databases),
  ]
}
