import type { FeedbackDesk } from '../core/desk.ts'
import { UserError } from '../core/errors.ts'
import type { Store } from '../core/store.ts'
import type { Clock } from '../core/time.ts'

/** Turns what people say about a report into judgements and flags. */
export function createFeedbackDesk({ store, clock, newId }: { store: Store; clock: Clock; newId: () => string }): FeedbackDesk {
  const known = async (investigationId: string): Promise<void> => {
    if (!await store.investigation(investigationId)) throw new UserError('I do not know this investigation any more, so I cannot store that.')
  }
  const at = (): string => clock.now().toISOString()
  return {
    thumb: async ({ investigationId, user, right }) => {
      await known(investigationId)
      await store.addJudgement({ id: newId(), investigationId, source: 'person', verdict: right ? 'right' : 'wrong', by: user, at: at() })
    },
    correct: async ({ investigationId, user, text }) => {
      await known(investigationId)
      const correction = text.trim().slice(0, 4000)
      if (correction === '') throw new UserError('The correction is empty; write what the cause really was.')
      await store.addJudgement({ id: newId(), investigationId, source: 'person', verdict: 'wrong', by: user, at: at(), correction })
    },
    flag: async ({ investigationId, user, note }) => {
      await known(investigationId)
      await store.addFlag({ id: newId(), investigationId, by: user, at: at(), ...(note !== undefined && { note }) })
    },
  }
}
