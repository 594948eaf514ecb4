import fc from "fast-check";
import { expect, it } from "vitest";
import { seededFloats } from "../../conformance/seeded.ts";
import { Graph } from "../../graph/graph.ts";
import { f32 } from "../../graph/tensor.ts";
import { runOp } from "../run-op.ts";
import { linear } from "./op.ts";

it("linear multiplies with the rows of the weight", async () => {
  const x = f32(Float32Array.of(1, 2), [1, 2]);
  const weight = f32(Float32Array.of(1, 0, 3, -1, 5, 5), [3, 2]);
  expect(await runOp([x, weight], linear)).toEqual([[1, 1, 15]]);
});

it("linear is additive in x", async () => {
  const size = fc.integer({ min: 1, max: 7 });
  await fc.assert(
    fc.asyncProperty(size, size, size, fc.integer(), async (T, C, O, seed) => {
      const weight = f32(seededFloats(seed, O * C), [O, C]);
      const [a, b] = [seededFloats(seed + 1, T * C), seededFloats(seed + 2, T * C)];
      const of = async (x: Float32Array) => (await runOp([f32(x, [T, C]), weight], linear))[0]!;
      const [ya, yb, sum] = [await of(a), await of(b), await of(a.map((v, i) => v + b[i]!))];
      for (const [i, value] of sum.entries()) expect(value).toBeCloseTo(ya[i]! + yb[i]!, 4);
    }),
    { numRuns: 30 },
  );
});

it("linear names itself and both shapes when the inner sizes differ", () => {
  const g = new Graph();
  expect(() => linear(g, g.input("x", "f32", ["T", 4096]), g.weight("w", [64, 4095]))).toThrow(
    "linear: expected x [T, C] and weight [O, C] with one C, got [T, 4096] and [64, 4095]",
  );
});
