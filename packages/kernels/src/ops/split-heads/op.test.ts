import { expect, it } from "vitest";
import { Graph } from "../../graph/graph.ts";
import { f32 } from "../../graph/tensor.ts";
import { runOp } from "../run-op.ts";
import { splitHeads } from "./op.ts";

it("splitHeads takes query, key and value out of each row", async () => {
  const rows = f32(Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60), [2, 6]);
  const parts = await runOp([rows], (g, x) =>
    splitHeads(g, x!, { parts: 3, numHeads: 2, headDim: 1 }),
  );
  expect(parts).toEqual([
    [1, 2, 10, 20],
    [3, 4, 30, 40],
    [5, 6, 50, 60],
  ]);
});

it("splitHeads names the width it expected", () => {
  const g = new Graph();
  expect(() =>
    splitHeads(g, g.input("x", "f32", ["T", 11]), { parts: 3, numHeads: 2, headDim: 2 }),
  ).toThrow("splitHeads: expected x [T, 3·2·2 = 12], got [T, 11]");
});
