import { expect, it } from "vitest";
import { Graph } from "../../graph/graph.ts";
import { f32 } from "../../graph/tensor.ts";
import { runOp } from "../run-op.ts";
import { rotary } from "./op.ts";

it("rotary turns the pair (k, k + D/2) by a right angle", async () => {
  const x = f32(Float32Array.of(1, 2, 3, 4), [1, 1, 4]);
  const [cos, sin] = [f32(Float32Array.of(0, 1), [1, 2]), f32(Float32Array.of(1, 0), [1, 2])];
  // Pair (1, 3) turned by 90 degrees is (-3, 1); pair (2, 4) stays.
  expect(await runOp([x, cos, sin], rotary)).toEqual([[-3, 2, 1, 4]]);
});

it("rotary refuses an odd head size", () => {
  const g = new Graph();
  const table = g.input("cos", "f32", ["T", 2]);
  expect(() => rotary(g, g.input("x", "f32", ["T", 1, 5]), table, table)).toThrow(
    "rotary: expected x [T, H, D] with even D",
  );
});
