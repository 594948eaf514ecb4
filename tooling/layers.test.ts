import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { allowedEdges, layerViolations } from "./layers.ts";

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** A workspace in a temporary folder: path below the root to content. */
function workspace(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "layers-"));
  roots.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

function manifest(dependencies: readonly string[] = []): string {
  return JSON.stringify({
    dependencies: Object.fromEntries(dependencies.map((name) => [name, "workspace:*"])),
    exports: { ".": { "@baichuan2/source": "./src/index.ts" } },
  });
}

describe("the table of allowed edges", () => {
  it("names only packages of earlier rows, so it has no cycle", () => {
    const earlier: string[] = [];
    for (const [name, targets] of Object.entries(allowedEdges)) {
      for (const target of targets) expect(earlier, `${name} -> ${target}`).toContain(target);
      earlier.push(name);
    }
  });
});

describe("layerViolations", () => {
  it("accepts a house whose imports point down", () => {
    const root = workspace({
      "packages/kernels/package.json": manifest(),
      "packages/kernels/src/index.ts": `export * from "./graph.ts";`,
      "packages/kernels/src/graph.ts": `import type { Stats } from "node:fs"; export type { Stats };`,
      "packages/kernels/src/backends/ort/node.ts": `import "onnxruntime-node";`,
      "packages/model/package.json": manifest(["@baichuan2/kernels", "zod"]),
      "packages/model/src/index.ts": `import "@baichuan2/kernels"; import "node:fs";`,
    });
    expect(layerViolations(root)).toEqual([]);
  });

  it("refuses a declared dependency that points up", () => {
    const root = workspace({ "packages/kernels/package.json": manifest(["@baichuan2/model"]) });
    expect(layerViolations(root)).toEqual([
      "packages/kernels/package.json: kernels may not depend on model",
    ]);
  });

  it("refuses a package that the table does not know", () => {
    const root = workspace({ "packages/utils/package.json": manifest() });
    expect(layerViolations(root)).toEqual([expect.stringContaining("packages/utils")]);
  });

  it("refuses imports that are undeclared, leave the package, or bypass the ort backend", () => {
    const root = workspace({
      "packages/model/package.json": manifest(),
      "packages/model/src/index.ts": `
        import type { Graph } from "@baichuan2/kernels";
        export { x } from "../../kernels/src/index.ts";
        const ort = await import("onnxruntime-node");`,
    });
    expect(layerViolations(root)).toEqual([
      "packages/model/src/index.ts: imports @baichuan2/kernels, which packages/model/package.json does not declare",
      "packages/model/src/index.ts: imports ../../kernels/src/index.ts, outside its own package",
      "packages/model/src/index.ts: imports onnxruntime-node; only packages/kernels/src/backends/ort/ may",
    ]);
  });

  it("finds a Node built-in behind a browser entry, also in another package, and shows the way", () => {
    const root = workspace({
      "packages/quant/package.json": manifest(),
      "packages/quant/src/index.ts": `export { pack } from "./pack.ts";`,
      "packages/quant/src/pack.ts": `const fs = await import("fs"); export const pack = fs;`,
      "packages/kernels/package.json": manifest(["@baichuan2/quant"]),
      "packages/kernels/src/index.ts": `export { pack } from "@baichuan2/quant";`,
    });
    expect(layerViolations(root)).toContain(
      `browser entry reaches fs: @baichuan2/kernels "." -> packages/kernels/src/index.ts -> packages/quant/src/index.ts -> packages/quant/src/pack.ts`,
    );
  });
});
