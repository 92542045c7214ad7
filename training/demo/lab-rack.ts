import { UserError } from '../../src/core/errors.ts'
import type { Estate } from '../../src/estate.ts'
import { createLab } from '../lab/lab.ts'
import type { Lab } from '../lab/lab.ts'
import { labEstate } from '../lab-connections.ts'
import { listTasks } from '../tasks/list-tasks.ts'
import type { TaskSummary } from '../tasks/list-tasks.ts'
import { loadTask } from '../tasks/load-task.ts'
import type { LoadedTask } from '../tasks/load-task.ts'

/** A task with its world being served. */
export interface MountedTask {
  readonly loaded: LoadedTask
  readonly lab: Lab
  readonly estate: Estate
}

/** Several worlds side by side, each served from when it is first needed. */
export interface LabRack {
  readonly tasks: readonly TaskSummary[]
  mount(id: string): Promise<MountedTask>
  /** The mounted task whose world has this Sentry issue. */
  byIssue(issueId: string): MountedTask | undefined
  close(): Promise<void>
}

/** A rack over the orchestrator-level tasks below `root`. */
export async function createLabRack(root: string): Promise<LabRack> {
  const tasks = (await listTasks(root)).filter((task) => task.level === 'orchestrator')
  const mounted = new Map<string, Promise<MountedTask>>()
  const ready: MountedTask[] = []
  const open = async (summary: TaskSummary): Promise<MountedTask> => {
    const loaded = await loadTask(summary.path)
    const lab = createLab(loaded.world)
    const task = { loaded, lab, estate: labEstate(loaded.world, lab) }
    ready.push(task)
    return task
  }
  return {
    tasks,
    mount: async (id) => {
      const summary = tasks.find((task) => task.id === id || task.path === id)
      if (!summary) throw new UserError(`There is no orchestrator-level task "${id}". Known: ${tasks.map((task) => task.id).join(', ')}.`)
      const known = mounted.get(summary.id) ?? open(summary)
      mounted.set(summary.id, known)
      return await known
    },
    byIssue: (issueId) => ready.find(({ loaded }) => loaded.world.sentry.issues.some((issue) => issue.id === issueId)),
    close: async () => {
      await Promise.all(ready.map(({ lab }) => lab.close()))
    },
  }
}
