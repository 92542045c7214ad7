import { writeFileSync } from 'node:fs'
import { currentResults } from '../conformance/strangers/meetings.ts'

writeFileSync(new URL('../conformance/RESULTS.md', import.meta.url), currentResults())
console.log('Wrote tests/conformance/RESULTS.md.')
