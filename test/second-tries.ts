import type { Reporter, TestCase } from 'vitest/node'

/** Lists the tests that passed only at the second try, with what went wrong at the first: each is to be looked into. */
export class SecondTries implements Reporter {
  readonly #lines: string[] = []

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return
    const [error] = test.result().errors ?? []
    const why = error === undefined ? '' : `: ${error.message.split('\n', 3).join(' ')}`
    this.#lines.push(`  ${test.module.relativeModuleId} > ${test.fullName}${why}`)
  }

  onTestRunEnd(): void {
    if (this.#lines.length === 0) return
    console.log(`Passed only at the second try: ${this.#lines.length}`)
    console.log(this.#lines.join('\n'))
  }
}
