import type { Command } from './stranger.ts'

/** How a command is named in test titles and in RESULTS.md. */
export function commandText({ asks }: Command): string {
  return asks.join(' ')
}
