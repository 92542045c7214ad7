import type { Reporter, TestModule } from 'vitest/node'

/**
 * A vitest reporter that ends the output with `N passed, N failed` alone on a line, after the runner's own summary.
 * A file that could not be loaded counts as one failure, and so does an error outside every test, and a run that
 * found nothing to run: the line never says "0 failed" for a run that failed.
 */
export class ClosingLine implements Reporter {
  #passed = 0
  #failed = 0

  onInit(): void {
    // The default reporter writes its summary at the end of the run; only the exit comes surely after it.
    process.once('exit', (code) => {
      const failed = code === 0 ? this.#failed : Math.max(this.#failed, 1)
      process.stdout.write(`\n${this.#passed} passed, ${failed} failed\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]).map((test) => test.result().state)
    const broken = modules.filter((module) => module.errors().length > 0)
    this.#passed = tests.filter((state) => state === 'passed').length
    this.#failed = tests.filter((state) => state === 'failed').length + broken.length + errors.length
  }
}
