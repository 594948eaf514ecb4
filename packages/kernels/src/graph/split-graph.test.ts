import { expect, it } from "vitest";
import { createReferenceBackend } from "../backends/reference/reference-backend.ts";
import { matmul } from "../ops/matmul/op.ts";
import { multiply } from "../ops/multiply/op.ts";
import { swiglu } from "../ops/swiglu/op.ts";
import { differentiate } from "./differentiate.ts";
import { Graph } from "./graph.ts";
import { splitGraph } from "./split-graph.ts";
import { f32, type Tensor } from "./tensor.ts";

const noWeights = { async *read() {} };

it.each([
  [[], 2], // the rows and swiglu's output
  [["swiglu"], 1], // which can be computed again from the rows
])(
  "two halves give what the whole gives, and carry only what is needed, without %j",
  async (again, count) => {
    const g = new Graph();
    const [x, w] = [g.input("x", "f32", [2, 2]), g.input("w", "f32", [2, 2])];
    const rows = matmul(g, x, w);
    const y = multiply(g, swiglu(g, rows, x), rows);
    const end = g.nodes.length;
    g.output("y", y);
    const [dx] = differentiate(g, [{ value: y, gradient: g.input("dy", "f32", [2, 2]) }], [x]);
    if (!dx) throw new Error("expected a gradient");
    g.output("dx", dx);
    const { first, second, carried } = splitGraph(g, end, new Set<string>(again));
    expect(carried).toHaveLength(count);

    const tensor = (...values: number[]): Tensor => f32(Float32Array.from(values), [2, 2]);
    const feeds = { x: tensor(1, 2, 3, 4), w: tensor(0.5, -1, 2, 0.1) };
    const dy = tensor(1, -1, 0.5, 2);
    const backend = createReferenceBackend();
    const whole = await (await backend.compile(g, noWeights)).run({ ...feeds, dy });
    const forward = await (await backend.compile(first, noWeights)).run(feeds);
    const saved = Object.fromEntries(carried.map((name) => [name, forward[name] as Tensor]));
    const backward = await (
      await backend.compile(second, noWeights)
    ).run({ ...feeds, ...saved, dy });
    expect(forward["y"]).toEqual(whole["y"]);
    expect(backward["dx"]).toEqual(whole["dx"]);
  },
);

it("a graph that holds weights is refused", () => {
  const g = new Graph();
  const w = g.weight("w", [2, 2]);
  g.output("y", matmul(g, w, w));
  expect(() => splitGraph(g, 1)).toThrow("expected a graph of inputs");
});
