import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { currentResults } from './strangers/meetings.ts'

it('RESULTS.md lists what the clients are asked; when not: node tests/setup/write-strangers-results.ts', () => {
  expect(readFileSync(new URL('RESULTS.md', import.meta.url), 'utf8')).toBe(currentResults())
})
