import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import { Graph } from "../../../graph/graph.ts";
import { linear } from "../../../ops/linear/op.ts";
import { StagingStore } from "../staging-store.ts";
import { toOnnx } from "../to-onnx.ts";
import { storeWeights } from "../weight-store.ts";
import { sameResults } from "./same-results.ts";

it("models with the same weights give the same results, one changed weight gives others", async () => {
  const g = new Graph();
  g.output("y", linear(g, g.input("x", "f32", ["S+T", 8]), g.weight("w", [4, 8])));
  const directory = await mkdtemp(join(tmpdir(), "same-results-test-"));
  const stage = async (last: number): Promise<string> => {
    const store = await StagingStore.create(directory);
    const reader = {
      async *read() {
        yield { values: new Float32Array(32).fill(1, 0, 31).fill(last, 31) };
      },
    };
    const { initializers } = await storeWeights(g, reader, store, { bytes: "i8" });
    return store.finish(toOnnx(g, initializers));
  };
  const sessions = {
    runtime: ort.InferenceSession,
    OrtTensor: ort.Tensor,
    bytes: "i8" as const,
    threads: 1,
  };
  const paths = [await stage(1), await stage(1), await stage(1.001)];
  expect(await sameResults(g, sessions, paths.slice(0, 2))).toBe(true);
  expect(await sameResults(g, sessions, paths)).toBe(false);
  await rm(directory, { recursive: true });
});
