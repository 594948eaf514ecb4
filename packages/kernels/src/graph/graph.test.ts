import { expect, it } from "vitest";
import { checkFeeds } from "./check-feeds.ts";
import { Graph } from "./graph.ts";
import { f32 } from "./tensor.ts";

it("a graph refuses one name for two inputs or weights", () => {
  const g = new Graph();
  g.input("x", "f32", ["T"]);
  expect(() => g.weight("x", [3])).toThrow(
    'graph: expected a new input or weight name, got "x" twice',
  );
});

it("checkFeeds binds a symbolic size once for the whole run", () => {
  const g = new Graph();
  g.input("a", "f32", ["T"]);
  g.input("b", "f32", ["T", 2]);
  const a = f32(new Float32Array(3), [3]);
  expect(() => checkFeeds(g, { a, b: f32(new Float32Array(6), [3, 2]) })).not.toThrow();
  expect(() => checkFeeds(g, { a, b: f32(new Float32Array(8), [4, 2]) })).toThrow(
    'run: input "b": expected shape [T, 2] with T=3, got [4, 2]',
  );
});
