import { expect, it } from "vitest";
import { Graph } from "./graph.ts";
import { ShapeError } from "./errors.ts";
import { weightParts } from "./weight-format.ts";

it("weightParts gives the arrays of int4 blocks", () => {
  // 96 columns are 3 blocks of 32: 16 bytes of codes and one scale each, zero points two a byte.
  const format = { kind: "int4", blockSize: 32, symmetric: false } as const;
  expect(weightParts(format, [10, 96])).toEqual([
    { name: "packed", dtype: "u8", shape: [10, 3, 16] },
    { name: "scales", dtype: "f32", shape: [10, 3] },
    { name: "zeroPoints", dtype: "u8", shape: [10, 2] },
  ]);
});

it("weightParts keeps any shape of float32 numbers in one part", () => {
  expect(weightParts({ kind: "f32" }, [7])).toEqual([{ name: "values", dtype: "f32", shape: [7] }]);
});

it("a graph refuses blocks that do not fit the rows, by the weight's name", () => {
  const g = new Graph();
  const declare = () => g.weight("w", [64, 176], { kind: "nf4", blockSize: 64, roundTo: "f16" });
  expect(declare).toThrow(ShapeError);
  expect(declare).toThrow(
    "w: expected rows of a multiple of 64 for nf4, got [64, 176] (use another block size, or f32 for this weight)",
  );
});

it("a graph refuses row formats for anything but a matrix", () => {
  expect(() => new Graph().weight("gain", [64], { kind: "int8" })).toThrow(
    "gain: expected [O, C] for int8, got [64]",
  );
});
