import { expect, it } from "vitest";
import { Graph } from "../../graph/graph.ts";
import { f32 } from "../../graph/tensor.ts";
import { runOp } from "../run-op.ts";
import { add } from "./op.ts";

it("add adds element by element", async () => {
  const [y] = await runOp(
    [f32(Float32Array.of(1, 2), [1, 2]), f32(Float32Array.of(10, -2), [1, 2])],
    add,
  );
  expect(y).toEqual([11, 0]);
});

it("add names itself and both shapes when they differ", () => {
  const g = new Graph();
  expect(() => add(g, g.input("a", "f32", ["T", 2]), g.input("b", "f32", ["T", 3]))).toThrow(
    "add: expected a and b of one shape, got [T, 2] and [T, 3]",
  );
});
