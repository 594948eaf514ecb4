import type { Reporter, TestModule } from "vitest/node";

/**
 * Closes a run with one line that scripts can read: `N passed, N failed, N skipped`. Before it come the tests that gave a
 * reason for being skipped.
 *
 * What fails without being a test (a file that does not load, a `beforeAll`, an unhandled error) counts as
 * one failure each, so that `0 failed` and exit code 0 always come together.
 */
export default class TallyReporter implements Reporter {
  #lines: readonly string[] = [];

  constructor() {
    // The other reporters print in the same turn; at exit nothing can come after.
    process.once("exit", () => {
      for (const line of this.#lines) process.stdout.write(`${line}\n`);
    });
  }

  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const reasons: string[] = [];
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const testModule of testModules) {
      if (testModule.errors().length > 0) tally.failed += 1;
      for (const suite of testModule.children.allSuites())
        if (suite.errors().length > 0) tally.failed += 1;
      for (const test of testModule.children.allTests()) {
        const result = test.result();
        tally[result.state] += 1;
        if (result.state === "skipped" && result.note !== undefined)
          reasons.push(`skipped: ${test.fullName}: ${result.note}`);
      }
    }
    // A test left pending was never run: the file died, or the run was cancelled.
    const failed = tally.failed + tally.pending;
    this.#lines = [
      ...reasons,
      `${tally.passed} passed, ${failed} failed, ${tally.skipped} skipped`,
    ];
  }
}
