import { defineConfig } from "tsup";

/**
 * Build settings of every published package: ES modules with declarations, for Node >= 22 and browsers.
 *
 * @param entry - Output name to source file, one per entry of the package's `exports`.
 * @param external - Packages that must stay imports although nothing lists them as a dependency.
 */
export function library(
  entry: Record<string, string>,
  external: string[] = [],
): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry,
    format: "esm",
    target: "es2023",
    platform: "neutral",
    external: [/^node:/, ...external],
    sourcemap: true,
    clean: true,
    // Composite is for `tsc -b`; the declaration bundler wants a plain program.
    dts: { compilerOptions: { composite: false, incremental: false, customConditions: [] } },
  });
}
