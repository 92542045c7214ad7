import { createLab } from '../lab/lab.ts'
import { siteOf } from '../../src/estate.ts'
import { labEstate } from '../lab-connections.ts'
import { checkTaskSet } from './check-task-set.ts'
import { loadTask } from './load-task.ts'

/** How many tasks were checked, and one line for each problem. */
export interface TaskSetCheck {
  readonly tasks: number
  readonly problems: readonly string[]
}

/** Checks every task below `root` and serves each world to every tool that can be called without arguments. */
export async function checkTasks(root: string): Promise<TaskSetCheck> {
  const checked = await checkTaskSet(root)
  const problems: string[] = []
  for (const { id, path, problems: own } of checked) {
    problems.push(...own.map((problem) => `${id}: ${problem}`))
    if (own.length === 0) problems.push(...(await servingProblems(path)).map((problem) => `${id}: ${problem}`))
  }
  return { tasks: checked.length, problems }
}

/** What goes wrong when the world is served: a tool's failure that the world's own outages do not explain. */
async function servingProblems(path: string): Promise<string[]> {
  const { world } = await loadTask(path)
  const lab = createLab(world)
  const out = new Set(world.header.outages.map(({ worker }) => worker))
  try {
    const { workers } = await siteOf(labEstate(world, lab), [], { error: () => {} }, new Date(world.header.now))
    const problems: string[] = []
    for (const worker of workers.filter(({ name }) => !out.has(name))) {
      for (const tool of worker.tools) {
        const outcome = await tool.invoke({}, { callId: 'check', signal: new AbortController().signal })
        if (!outcome.ok && outcome.failure.kind !== 'invalid_input') problems.push(`the lab does not serve ${tool.name}: ${outcome.failure.kind}, ${outcome.failure.message}`)
      }
    }
    return problems
  } finally {
    await lab.close()
  }
}
