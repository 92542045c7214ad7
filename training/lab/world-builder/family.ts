import type { Answer, Task } from '../../../src/core/task.ts'
import type { World } from '../../../src/core/world/world.ts'

/** One task as drawn: what the agent is asked, what is true, and the world in which it can be found out. */
export interface DrawnTask {
  readonly task: Task
  readonly answer: Answer
  readonly world: World
}

/** A cause mechanism that tells unlimited different stories; the same seed always tells the same one. */
export interface Family {
  readonly slug: string
  readonly split: Task['split']
  readonly level: Task['level']
  draw(seed: string): DrawnTask
}
