import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["packages/*", "apps/*", "tooling", "tooling/tiny-chat"],
    reporters: ["default", "./tooling/workspace/tally-reporter.ts"],
  },
});
