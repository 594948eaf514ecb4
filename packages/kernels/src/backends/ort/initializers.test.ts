import { expect, it } from "vitest";
import { Graph } from "../../graph/graph.ts";
import { layoutOf } from "./initializers.ts";

it("a table is written in small pieces, which together are its bytes", () => {
  // 100 rows of 1,024 float16 numbers are 204,800 bytes: three pieces of 65,536 and the rest.
  const table = new Graph().weight("table", [100, 1024], { kind: "f16" });
  const values = Uint16Array.from({ length: 100 * 1024 }, (_, i) => i);
  const pieces = [...layoutOf(table, "gather").convert({ values })];
  expect(pieces.map(({ bytes }) => bytes.length)).toEqual([65_536, 65_536, 65_536, 8192]);
  expect(pieces.every(({ offset }) => offset === undefined)).toBe(true);
  expect(Buffer.concat(pieces.map(({ bytes }) => bytes))).toEqual(Buffer.from(values.buffer));
});

it("a matrix that is packed is written as it comes", () => {
  const matrix = new Graph().weight("w", [100, 1024]);
  const values = new Float32Array(100 * 1024);
  const pieces = [...layoutOf(matrix, "linear").convert({ values })];
  expect(pieces.map(({ bytes }) => bytes.length)).toEqual([values.byteLength]);
});
