import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { Backend } from "../../../backend.ts";
import { backendConformance } from "../../../conformance/backend-conformance.ts";
import { createOrtNodeBackend } from "../node.ts";

const directory = mkdtempSync(join(tmpdir(), "packed-conformance-"));
const warnings: string[] = [];
let readings = 0;

afterAll(() => rmSync(directory, { recursive: true }));

/** The backend with a cache; readers get an identity, and count how often they are asked. */
async function createPacking(): Promise<Backend> {
  const backend = await createOrtNodeBackend({
    packedCacheDir: directory,
    onWarning: (message) => warnings.push(message),
  });
  return {
    ...backend,
    compile: (graph, weights, options) =>
      backend.compile(
        graph,
        {
          identity: "seeded",
          read(name, signal) {
            readings++;
            return weights.read(name, signal);
          },
        },
        options,
      ),
  };
}

backendConformance("ort-node that packs weights into a cache", createPacking);

it("the cache holds an entry for each case with weights, and nothing was wrong", () => {
  expect(warnings).toEqual([]);
  expect(readings).toBeGreaterThan(0);
  expect(readdirSync(directory).every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
  readings = 0;
});

backendConformance("ort-node from packed weights", createPacking);

it("a cache that holds the weights is enough: none is read again", () => {
  expect(warnings).toEqual([]);
  expect(readings).toBe(0);
});
