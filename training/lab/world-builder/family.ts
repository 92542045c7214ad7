import type { Answer, Task } from '../../../src/core/task.ts'
import type { SentryIssue } from '../../../src/core/world/sentry.ts'
import type { World } from '../../../src/core/world/world.ts'
import { sentryAlert } from './alert-text.ts'
import { createWorldBuilder, type WorldBuilder } from './builder.ts'

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

/** What a family's story comes to: the words of a person, or the issue whose alert Sentry posts; and the truth. */
export interface Story {
  readonly asked: string | SentryIssue
  readonly answer: Answer
}

export interface FamilySpec extends Pick<Task, 'level' | 'split' | 'difficulty' | 'title' | 'motivation'> {
  readonly slug: string
  /** Writes one story into an empty company; all chance comes from the builder. */
  tell(builder: WorldBuilder): Story
}

/** The family that tells `spec`'s story: a draw's id is `<slug>-<seed>`, its instant the builder's. */
export function defineFamily({ slug, level, split, difficulty, title, motivation, tell }: FamilySpec): Family {
  return {
    slug,
    split,
    level,
    draw: (seed) => {
      const builder = createWorldBuilder({ seed: `${slug}/${seed}` })
      const { asked, answer } = tell(builder)
      const world = builder.build()
      const alert = typeof asked === 'string' ? { question: asked } : { question: sentryAlert(builder, asked), alertIssue: asked.id }
      const task = { id: `${slug}-${seed}`, level, family: slug, split, difficulty, title, motivation, now: world.header.now, ...alert }
      return { task, answer, world }
    },
  }
}
