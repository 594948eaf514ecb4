import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { backendConformance } from "../../conformance/backend-conformance.ts";
import { seededWeights } from "../../conformance/seeded-weights.ts";
import { DisposedError, ShapeError } from "../../graph/errors.ts";
import { Graph } from "../../graph/graph.ts";
import { f32 } from "../../graph/tensor.ts";
import { gather } from "../../ops/gather/op.ts";
import { linear } from "../../ops/linear/op.ts";
import { createOrtNodeBackend } from "./node.ts";

backendConformance("ort-node", () => createOrtNodeBackend());

function projection(): Graph {
  const g = new Graph();
  g.output("y", linear(g, g.input("x", "f32", ["T", 8]), g.weight("w", [4, 8])));
  return g;
}

it("ort-node reports progress and leaves no staging files behind", async () => {
  const stagingDir = await mkdtemp(join(tmpdir(), "ort-node-test-"));
  const graph = projection();
  const progress: number[][] = [];
  const backend = await createOrtNodeBackend({ stagingDir });
  const executable = await backend.compile(graph, seededWeights(graph), {
    onProgress: (...bytes) => progress.push(bytes),
  });
  expect(progress).toEqual([[4 * 8 * 4, 4 * 8 * 4]]);
  await executable.dispose();
  expect(await readdir(stagingDir)).toEqual([]);
  await rm(stagingDir, { recursive: true });
});

it("ort-node removes its staging files when a weight is short, and says which", async () => {
  const stagingDir = await mkdtemp(join(tmpdir(), "ort-node-test-"));
  const backend = await createOrtNodeBackend({ stagingDir });
  const short = {
    async *read() {
      yield { values: new Float32Array(31) };
    },
  };
  await expect(backend.compile(projection(), short)).rejects.toThrow(
    'weight "w": expected 128 bytes of values, got 124',
  );
  expect(await readdir(stagingDir)).toEqual([]);
  await rm(stagingDir, { recursive: true });
});

it("ort-node stops reading weights when its signal aborts", async () => {
  const graph = projection();
  const backend = await createOrtNodeBackend();
  const signal = AbortSignal.abort(new Error("changed my mind"));
  await expect(backend.compile(graph, seededWeights(graph), { signal })).rejects.toThrow(
    "changed my mind",
  );
});

it("an executable refuses feeds that do not fit and runs after dispose", async () => {
  const graph = projection();
  const executable = await (await createOrtNodeBackend()).compile(graph, seededWeights(graph));
  await expect(executable.run({})).rejects.toThrow(ShapeError);
  await expect(executable.run({ x: f32(new Float32Array(14), [2, 7]) })).rejects.toThrow(
    'run: input "x": expected shape [T, 8] with T=2, got [2, 7]',
  );
  await executable.dispose();
  await expect(executable.run({ x: f32(new Float32Array(8), [1, 8]) })).rejects.toThrow(
    DisposedError,
  );
});

it("ort-node removes staging files that a killed process left a day ago, and no others", async () => {
  const stagingDir = await mkdtemp(join(tmpdir(), "ort-node-test-"));
  const twoDaysAgo = new Date(Date.now() - 48 * 60 * 60 * 1000);
  for (const name of ["staging-old", "staging-new", "mine"]) {
    await mkdir(join(stagingDir, name));
    await writeFile(join(stagingDir, name, "weights.bin"), "");
    if (name !== "staging-new")
      await utimes(join(stagingDir, name, "weights.bin"), twoDaysAgo, twoDaysAgo);
  }
  const graph = projection();
  const executable = await (
    await createOrtNodeBackend({ stagingDir })
  ).compile(graph, seededWeights(graph));
  await executable.dispose();
  expect((await readdir(stagingDir)).toSorted()).toEqual(["mine", "staging-new"]);
  await rm(stagingDir, { recursive: true });
});

it("ort-node refuses a quantized weight that two kinds of ops take", async () => {
  const g = new Graph();
  const weight = g.weight("table", [8, 8], { kind: "int8" });
  g.output("rows", gather(g, weight, g.input("ids", "i32", ["R"])));
  g.output("y", linear(g, g.input("x", "f32", ["T", 8]), weight));
  const backend = await createOrtNodeBackend();
  await expect(backend.compile(g, seededWeights(g))).rejects.toThrow(
    'got weight "table" of format int8 in gather and in linear (declare it once for each)',
  );
});

it("an executable refuses empty tensors, which end the process in some kernels", async () => {
  const graph = projection();
  await using executable = await (
    await createOrtNodeBackend()
  ).compile(graph, seededWeights(graph));
  await expect(executable.run({ x: f32(new Float32Array(), [0, 8]) })).rejects.toThrow(
    'run: input "x": expected no dimension of 0, got [0, 8]',
  );
});
