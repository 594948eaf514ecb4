import type { AutomatonBuilder } from "../automaton/automaton-builder.ts";

/**
 * Reads a comma or colon and at most one space. Nowhere else is white space allowed: a model that may write spaces can write
 * them for ever, while one that may write none leaves the way it was taught.
 */
export function addSeparator(
  builder: AutomatonBuilder,
  from: number,
  separator: "," | ":",
  to: number,
): void {
  const middle = builder.state();
  builder.ascii(from, separator, middle);
  builder.skip(middle, to);
  builder.ascii(middle, " ", to);
}
