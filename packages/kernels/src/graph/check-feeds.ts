import { DTypeError, ShapeError } from "./errors.ts";
import type { Graph } from "./graph.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Checks that every input is fed, with its dtype and shape, and that a symbolic size has one value in the whole run.
 *
 * @throws {ShapeError | DTypeError} naming the input.
 */
export function checkFeeds(graph: Graph, feeds: Readonly<Record<string, Tensor>>): void {
  const sizes = new Map<string, number>();
  for (const input of graph.inputs) {
    const name = input.name ?? "";
    const feed = feeds[name];
    if (!feed)
      throw new ShapeError(
        `run: input "${name}"`,
        `a tensor of shape [${input.shape.join(", ")}]`,
        [],
        "feed every input",
      );
    if (feed.dtype !== input.dtype)
      throw new DTypeError(`run: input "${name}"`, input.dtype, feed.dtype);
    if (feed.shape.includes(0)) {
      const hint = "an empty tensor ends the process in some kernels";
      throw new ShapeError(`run: input "${name}"`, "no dimension of 0", [feed.shape], hint);
    }
    const fits =
      feed.shape.length === input.shape.length &&
      input.shape.every((dim, axis) => bindSize(sizes, dim, feed.shape[axis] ?? -1));
    if (!fits) {
      const bound = [...sizes].map(([size, value]) => `${size}=${value}`).join(", ");
      const expected = `shape [${input.shape.join(", ")}]${bound ? ` with ${bound}` : ""}`;
      throw new ShapeError(`run: input "${name}"`, expected, [feed.shape]);
    }
  }
}

function bindSize(sizes: Map<string, number>, dim: number | string, actual: number): boolean {
  if (typeof dim === "number") return dim === actual;
  const known = sizes.get(dim);
  if (known !== undefined) return known === actual;
  sizes.set(dim, actual);
  return true;
}
