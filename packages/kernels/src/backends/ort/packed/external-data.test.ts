import { expect, it } from "vitest";
import { encodeModelProto } from "../onnx-schema.ts";
import { externalTensors, inputUses, moveExternalTensors } from "./external-data.ts";

/** One node over two external initializers, one packed in two pieces, and one initializer inside the model. */
const model = encodeModelProto({
  irVersion: 10,
  opsetImport: [{ domain: "", version: 21 }],
  graph: {
    node: [
      { opType: "MatMul", input: ["x", "packed"], output: ["t"] },
      { opType: "Add", input: ["raw", "raw"], output: ["y"] },
    ],
    initializer: [
      {
        name: "packed",
        dims: [2, 3],
        dataType: 1,
        externalData: [
          { key: "location", value: "w.bin" },
          { key: "offset", value: "64" },
          { key: "length", value: "24" },
          { key: "prepacked_0", value: "MatMul+12|128;10;0|256;5;0" },
        ],
      },
      {
        name: "raw",
        externalData: [
          { key: "location", value: "w.bin" },
          { key: "length", value: "7" },
        ],
      },
      { name: "inside", dims: [1], rawData: Uint8Array.of(9, 9) },
    ],
  },
});

it("externalTensors tells where raw and packed bytes lie", () => {
  expect([...externalTensors(model).values()]).toEqual([
    {
      name: "packed",
      file: "w.bin",
      raw: { offset: 64, sizeBytes: 24 },
      packed: [
        {
          entry: "prepacked_0",
          key: "MatMul+12",
          blobs: [
            { offset: 128, sizeBytes: 10 },
            { offset: 256, sizeBytes: 5 },
          ],
        },
      ],
    },
    { name: "raw", file: "w.bin", raw: { offset: 0, sizeBytes: 7 }, packed: [] },
  ]);
});

it("a model whose initializers move back and forth is as before, what is not about places included", () => {
  const moved = moveExternalTensors(model, (tensor) => ({ ...tensor, file: "elsewhere.bin" }));
  expect(externalTensors(moved).get("packed")?.file).toBe("elsewhere.bin");
  const back = moveExternalTensors(moved, (tensor) => ({ ...tensor, file: "w.bin" }));
  expect(externalTensors(back)).toEqual(externalTensors(model));
  const kept = Buffer.from(back);
  for (const text of ["MatMul", "Add", "inside", "\u0009\u0009"])
    expect(kept.includes(text)).toBe(true);
});

it("inputUses counts every use of a name", () => {
  expect(Object.fromEntries(inputUses(model))).toEqual({ x: 1, packed: 1, raw: 2 });
});
