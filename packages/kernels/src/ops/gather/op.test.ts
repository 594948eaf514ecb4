import { expect, it } from "vitest";
import { Graph } from "../../graph/graph.ts";
import { f32, i32 } from "../../graph/tensor.ts";
import { runOp } from "../run-op.ts";
import { gather } from "./op.ts";

it("gather picks rows in the order of the indices", async () => {
  const table = f32(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
  expect(await runOp([table, i32(Int32Array.of(2, 0, 2), [3])], gather)).toEqual([
    [5, 6, 1, 2, 5, 6],
  ]);
});

it("gather refuses float indices by name", () => {
  const g = new Graph();
  const [table, ids] = [g.input("table", "f32", [3, 2]), g.input("ids", "f32", ["T"])];
  expect(() => gather(g, table, ids)).toThrow("gather input 1: expected i32, got f32");
});
