import { defineConfig } from "vitest/config";

const sourceConditions = ["@baichuan2/source", "module", "node", "development|production"];

/**
 * Test settings of one package: sources instead of builds (`@baichuan2/source`), also in the threads a test starts.
 *
 * @param name - Project name shown by vitest; the package's folder name.
 */
export function packageTests(name: string): ReturnType<typeof defineConfig> {
  return defineConfig({
    resolve: { conditions: sourceConditions },
    ssr: { resolve: { conditions: sourceConditions, externalConditions: sourceConditions } },
    test: {
      name,
      include: ["src/**/*.test.ts"],
      execArgv: ["--conditions=@baichuan2/source"],
      testTimeout: 60_000,
    },
  });
}
