import type { Reporter, TestModule } from 'vitest/node'

/**
 * A vitest reporter that ends the output with `N passed, N failed` alone on a line, after the runner's own summary.
 * A file that could not be loaded counts as one failure, and so does an error outside every test: the line never
 * says "0 failed" for a run that failed.
 */
export class ClosingLine implements Reporter {
  #line = '0 passed, 0 failed'

  onInit(): void {
    // The default reporter writes its summary at the end of the run; only the exit comes surely after it.
    process.once('exit', () => process.stdout.write(`\n${this.#line}\n`))
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    for (const module of modules) {
      const results = [...module.children.allTests()].map((test) => test.result().state)
      passed += results.filter((state) => state === 'passed').length
      failed += results.filter((state) => state === 'failed').length
      if (module.errors().length > 0) failed += 1
    }
    this.#line = `${passed} passed, ${failed} failed`
  }
}
