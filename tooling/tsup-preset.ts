import { defineConfig, type Options } from "tsup";

const common: Options = {
  format: "esm",
  target: "es2023",
  sourcemap: true,
  clean: true,
  // `node:` tells a bundler for the web at once that an import cannot be had there.
  removeNodeProtocol: false,
};

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
    ...common,
    entry,
    platform: "neutral",
    external: [/^node:/, ...external],
    // Composite is for `tsc -b`; the declaration bundler wants a plain program.
    dts: { compilerOptions: { composite: false, incremental: false, customConditions: [] } },
  });
}

/**
 * Build settings of an app for Node: ES modules without declarations; dependencies stay imports.
 *
 * @param entry - Output name to source file.
 */
export function nodeApp(entry: Record<string, string>): ReturnType<typeof defineConfig> {
  return defineConfig({ ...common, entry, platform: "node" });
}
