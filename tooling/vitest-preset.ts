import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const sourceConditions = ["@baichuan2/source", "module", "node", "development|production"];

/**
 * Test settings of one package: sources instead of builds (`@baichuan2/source`), also in the threads a test starts.
 *
 * @param name - Project name shown by vitest; the package's folder name.
 * @param include - Where tests are.
 */
export function packageTests(
  name: string,
  include: string[] = ["src/**/*.test.ts"],
): ReturnType<typeof defineConfig> {
  return defineConfig({
    resolve: { conditions: sourceConditions },
    ssr: { resolve: { conditions: sourceConditions, externalConditions: sourceConditions } },
    test: {
      name,
      include,
      execArgv: ["--conditions=@baichuan2/source"],
      // Never the developer's own; one for all runs, so that tests also meet what an earlier run has kept.
      env: { BAICHUAN2_CACHE: join(tmpdir(), "baichuan2-test-cache") },
      testTimeout: 60_000,
    },
  });
}
