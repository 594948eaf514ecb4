import type { Graph, Value } from "../graph/graph.ts";
import { f32, type Tensor } from "../graph/tensor.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { seededFloats } from "./seeded.ts";

/** A tensor of numbers of chance. */
export const random = (seed: number, ...shape: number[]): Tensor =>
  f32(
    seededFloats(
      seed,
      shape.reduce((a, b) => a * b, 1),
    ),
    shape,
  );

const inputs = (
  g: Graph,
  feeds: Record<string, Tensor>,
  shapes: Record<string, (string | number)[]>,
) =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { dtype, shape }]) => [
      name,
      g.input(name, dtype, shapes[name] ?? shape),
    ]),
  ) as Record<string, Value>;

/** A case over one op; `shapes` gives inputs symbolic sizes where a backend must not bake them in. */
export function opCase(
  title: string,
  feeds: Record<string, Tensor>,
  apply: (g: Graph, values: Record<string, Value>) => Value | Value[],
  shapes: Record<string, (string | number)[]> = {},
): ConformanceCase {
  return {
    title,
    feeds,
    build(g) {
      const results = [apply(g, inputs(g, feeds, shapes))].flat();
      for (const [index, value] of results.entries()) g.output(`y${index}`, value);
    },
  };
}
