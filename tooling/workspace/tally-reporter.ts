import type { Reporter, TestModule } from "vitest/node";

/**
 * Closes a run with one line that scripts can read: `N passed, N failed, N skipped`.
 *
 * What fails without being a test (a file that does not load, a `beforeAll`, an unhandled error) counts as
 * one failure each, so that `0 failed` and exit code 0 always come together.
 */
export default class TallyReporter implements Reporter {
  #line: string | undefined;

  constructor() {
    // The other reporters print in the same turn; at exit nothing can come after.
    process.once("exit", () => {
      if (this.#line !== undefined) process.stdout.write(`${this.#line}\n`);
    });
  }

  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const testModule of testModules) {
      if (testModule.errors().length > 0) tally.failed += 1;
      for (const suite of testModule.children.allSuites())
        if (suite.errors().length > 0) tally.failed += 1;
      for (const test of testModule.children.allTests()) tally[test.result().state] += 1;
    }
    // A test left pending was never run: the file died, or the run was cancelled.
    const failed = tally.failed + tally.pending;
    this.#line = `${tally.passed} passed, ${failed} failed, ${tally.skipped} skipped`;
  }
}
