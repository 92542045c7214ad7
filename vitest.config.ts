import { defineConfig } from 'vitest/config'
import { ClosingLine } from './tests/setup/closing-line.ts'

const SECOND = 1000

/** The folders of tests/ and how long one test of each may take: a hang ends as a failure, speed is judged elsewhere. */
const folders: Readonly<Record<string, number>> = {
  unit: 10 * SECOND,
  contract: 60 * SECOND,
  integration: 60 * SECOND,
  conformance: 60 * SECOND,
  faults: 120 * SECOND,
  browser: 120 * SECOND,
}

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    // Tests start servers, databases and browsers of their own; more files at once than cores only makes them time out.
    maxWorkers: 2,
    pool: 'forks',
    passWithNoTests: false,
    allowOnly: false,
    projects: Object.entries(folders).map(([name, timeout]) => ({
      test: {
        name,
        include: [`tests/${name}/**/*.test.ts`],
        environment: 'node',
        testTimeout: timeout,
        hookTimeout: timeout,
        pool: 'forks',
      },
    })),
  },
})
