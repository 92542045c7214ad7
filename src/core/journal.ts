import { z } from 'zod'

/** One finished model turn or tool call. `key` is structural (`orchestrator.2`, `kubernetes1.0.3`), so parallel agents do not race for order. */
export const JournalEntry = z.object({
  key: z.string(),
  kind: z.enum(['turn', 'call']),
  /** Hash of what went in. Another hash under the same key means the code or a prompt changed since. */
  inputHash: z.string(),
  value: z.unknown(),
})
export type JournalEntry = z.infer<typeof JournalEntry>

/**
 * What a run has finished so far. `append` resolves when the entry is durable, before the next step begins;
 * it throws `FencedError` when another process has taken the run over.
 */
export interface Journal {
  find(key: string): JournalEntry | undefined
  append(entry: JournalEntry): Promise<void>
}

/** A journal that lives as long as the process: for rollouts, the CLI and tests. */
export function createMemoryJournal(entries: readonly JournalEntry[] = []): Journal & { entries(): JournalEntry[] } {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]))
  return {
    find: (key) => byKey.get(key),
    append: async (entry) => {
      byKey.set(entry.key, entry)
    },
    entries: () => [...byKey.values()],
  }
}
