import { encodeFourBit, encodeInt4, encodeInt8Rows } from "@baichuan2/quant";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TensorDeclaration } from "../safetensors-writer.ts";
import { itemSize } from "../dtype.ts";
import { bitsandbytesTensors, declareBitsandbytes } from "./bitsandbytes-tensors.ts";
import { compressedTensors, declareCompressedTensors } from "./compressed-tensors.ts";
import { declareInt8, int8Tensors } from "./int8-tensors.ts";
import type { TensorValues } from "./tensor-values.ts";
import { quantizationConfig } from "./write-quantization-config.ts";

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 20 }),
  blocks: fc.integer({ min: 1, max: 4 }),
  scale: fc.constantFrom(1e-30, 1e-3, 1, 1e3),
  flag: fc.boolean(),
});
const weights = (count: number, scale: number) =>
  Float32Array.from({ length: count }, (_, i) => scale * Math.sin(i * 1.3 + 1));

function expectDeclared(declared: readonly TensorDeclaration[], tensors: readonly TensorValues[]) {
  const plain = ({ name, dtype, shape }: TensorDeclaration) => ({ name, dtype, shape });
  const byName = (a: TensorDeclaration, b: TensorDeclaration) => (a.name < b.name ? -1 : 1);
  expect(tensors.map(plain).toSorted(byName)).toEqual(declared.map(plain).toSorted(byName));
  for (const { dtype, shape, bytes } of tensors)
    expect(bytes.byteLength).toBe(shape.reduce((a, b) => a * b, itemSize(dtype)));
}

describe("tensors of a quantized linear", () => {
  it("bitsandbytes: JSON is spaced as Python writes it", () => {
    // equal weights: absmax 2 in both blocks, mean 2, no deviation
    const encoded = encodeFourBit(new Float32Array(128).fill(2));
    const options = { shape: [2, 64], quantType: "nf4", blockSize: 64, dtype: "float16" } as const;
    const tensors = bitsandbytesTensors("w", encoded, options);
    const state = tensors.find(({ name }) => name === "w.quant_state.bitsandbytes__nf4")!;
    expect(new TextDecoder().decode(state.bytes)).toBe(
      '{"quant_type": "nf4", "blocksize": 64, "dtype": "float16", "shape": [2, 64], ' +
        '"nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": 2}',
    );
  });

  it("bitsandbytes: what is declared is what comes, nested or not", () => {
    fc.assert(
      fc.property(shapes, ({ rows, blocks, scale, flag }) => {
        const shape = [rows, 16 * blocks] as const;
        const options = {
          shape,
          quantType: flag ? "nf4" : "fp4",
          blockSize: 64,
          dtype: "bfloat16",
          doubleQuant: blocks % 2 === 0,
        } as const;
        const encoded = encodeFourBit(weights(rows * 16 * blocks, scale), options);
        const tensors = bitsandbytesTensors("w", encoded, { ...options, padded: true });
        expectDeclared(declareBitsandbytes("w", options), tensors);
        const state = JSON.parse(new TextDecoder().decode(tensors.at(-1)!.bytes));
        expect(state).toMatchObject({ blocksize: 64, dtype: "bfloat16", shape: [...shape] });
        expect(state.nested_offset !== undefined).toBe(options.doubleQuant);
      }),
    );
  });

  it("int8 and int4: what is declared is what comes", () => {
    fc.assert(
      fc.property(shapes, ({ rows, blocks, scale, flag }) => {
        const shape = [rows, 32 * blocks] as const;
        const values = weights(shape[0] * shape[1], scale);
        const int8 = int8Tensors("l.weight", encodeInt8Rows(values, shape[1]), shape);
        expectDeclared(declareInt8("l.weight", shape), int8);
        for (const scaleDtype of ["f16", "bf16", "f32"] as const) {
          const options = { shape, blockSize: 32, scaleDtype, symmetric: flag } as const;
          const blocksOf = encodeInt4(values, { cols: shape[1], method: "rtn", ...options });
          const int4 = compressedTensors("l.weight", blocksOf, options);
          expectDeclared(declareCompressedTensors("l.weight", options), int4);
        }
      }),
    );
  });

  it("int4: words and scales are those worked out by hand", () => {
    // scale 1: weights are -7 … 7 in steps, codes q + 8 from the lowest nibble up
    const values = Float32Array.from({ length: 32 }, (_, i) => (i % 15) - 7);
    const options = { shape: [1, 32], blockSize: 32, scaleDtype: "bf16", symmetric: true } as const;
    const encoded = encodeInt4(values, { cols: 32, method: "rtn", ...options });
    const tensors = compressedTensors("l.weight", encoded, options);
    const [packed, scale, shape] = tensors.map(({ bytes }) => new Uint8Array(bytes).buffer);
    expect(tensors.map(({ name }) => name)).toEqual([
      "l.weight_packed",
      "l.weight_scale",
      "l.weight_shape",
    ]);
    expect(new Uint32Array(packed!)[0]).toBe(0x87654321);
    expect([...new Uint16Array(scale!)]).toEqual([0x3f80]);
    expect([...new BigInt64Array(shape!)]).toEqual([1n, 32n]);
  });
});

it("the config of int4 tells groups, zero points and what is skipped", () => {
  const config = quantizationConfig("int4", {
    blockSize: 64,
    symmetric: false,
    skipped: ["model.layers.0.mlp.up_proj"],
  });
  expect(config).toMatchObject({
    quant_method: "compressed-tensors",
    format: "pack-quantized",
    ignore: ["lm_head", "model.layers.0.mlp.up_proj"],
    config_groups: {
      group_0: {
        targets: ["Linear"],
        weights: { num_bits: 4, type: "int", strategy: "group", group_size: 64, symmetric: false },
      },
    },
  });
});
