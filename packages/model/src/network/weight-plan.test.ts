import { UnsupportedError } from "@baichuan2/kernels";
import { NF4_CODEBOOK } from "@baichuan2/quant";
import { describe, expect, it } from "vitest";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import type { StoredFourBit, StoredLinear } from "../checkpoint/quantized/stored-linear.ts";
import { planWeights, type WeightSource } from "./weight-plan.ts";

const qkv = "model.layers.0.self_attn.W_pack.weight";
const down = "model.layers.0.mlp.down_proj.weight";
const embeddings = "model.embed_tokens.weight";
const head = "lm_head.weight";

const nf4: StoredFourBit = {
  name: qkv,
  shape: [192, 64],
  format: "nf4",
  blockSize: 64,
  nested: true,
  dtype: "f16",
  codebook: Float32Array.from(NF4_CODEBOOK),
  readPacked: async () => new Uint8Array(),
  readAbsmax: async () => new Float32Array(),
};

function source(dtype: "bf16" | "f16" | "f32" = "bf16", ...linears: StoredLinear[]): WeightSource {
  const file = "m/model.safetensors";
  const names = [qkv, down, embeddings, head];
  return {
    path: "m",
    tensors: new Map(names.map((name) => [name, { dtype, file }])),
    linears: new Map(linears.map((linear) => [linear.name, linear])),
  };
}

describe("planWeights", () => {
  it("keeps everything in float32 unless it is told otherwise", () => {
    const plan = planWeights(source());
    expect(plan.dtype).toBe("float32");
    expect(plan.quantization).toBeUndefined();
    expect(plan.formatOf(qkv, [192, 64])).toEqual({ kind: "f32" });
  });

  it("quantizes the linears and leaves 16 bits to embeddings and head", () => {
    const plan = planWeights(source(), { dtype: "int4", blockSize: 32 });
    expect(plan.formatOf(qkv, [192, 64])).toEqual({ kind: "int4", blockSize: 32, symmetric: true });
    expect(plan.formatOf(embeddings, [512, 64])).toEqual({ kind: "bf16" });
    expect(plan.formatOf(head, [512, 64])).toEqual({ kind: "int16" });
    expect(plan.formatOf("model.norm.weight", [64])).toEqual({ kind: "f32" });
  });

  it("keeps embeddings in the type they are stored in", () => {
    for (const dtype of ["f16", "f32"] as const)
      expect(planWeights(source(dtype), { dtype: "nf4" }).formatOf(embeddings, [512, 64])).toEqual({
        kind: dtype,
      });
  });

  it("quantizes head and embeddings where asked, in the largest block that fits", () => {
    const options = { dtype: "int8", quantizeHead: true, quantizeEmbeddings: true } as const;
    const { formatOf } = planWeights(source(), options);
    expect(formatOf(embeddings, [512, 96])).toEqual({ kind: "int8" });
    expect(formatOf(head, [512, 4096])).toEqual({ kind: "int8-blocks", blockSize: 128 });
    expect(formatOf(head, [512, 96])).toEqual({ kind: "int8-blocks", blockSize: 32 });
    expect(formatOf(head, [512, 90])).toEqual({ kind: "int16" });
  });

  it("quantizes the head to 4 bits in the blocks of the linears, or the largest that fit", () => {
    const headOf = (blockSize: 32 | 64 | 128 | undefined, cols: number) =>
      planWeights(source(), { dtype: "int4", blockSize, quantizeHead: 4 }).formatOf(head, [
        512,
        cols,
      ]);
    const blocks = (blockSize: number) => ({ kind: "int4", blockSize, symmetric: true });
    expect(headOf(undefined, 4096)).toEqual(blocks(64));
    expect(headOf(128, 4096)).toEqual(blocks(128));
    expect(headOf(32, 4096)).toEqual(blocks(32));
    expect(headOf(64, 96)).toEqual(blocks(32));
    expect(headOf(64, 90)).toEqual({ kind: "int16" });
  });

  it("dequantizes NF4 blocks that cross rows, which no kernel multiplies with", () => {
    const { formatOf } = planWeights(source(), { dtype: "nf4" });
    expect(formatOf(qkv, [192, 64])).toEqual({ kind: "nf4", blockSize: 64, roundTo: "f16" });
    expect(formatOf(down, [64, 176])).toEqual({ kind: "f32" });
  });

  it("computes with float32 numbers when it is to be exact, and still quantizes first", () => {
    const plan = planWeights(source(), { dtype: "nf4", exact: true });
    expect(plan.quantization).toEqual({ format: "nf4" });
    expect(plan.formatOf(qkv, [192, 64])).toEqual({ kind: "f32" });
  });

  it("names tensor, file and both sizes where int4 blocks do not fit the rows", () => {
    for (const exact of [false, true]) {
      const { formatOf } = planWeights(source(), { dtype: "int4", exact });
      expect(() => formatOf(down, [64, 176])).toThrow(
        new CheckpointError(
          "m/model.safetensors",
          "expected rows of a multiple of 64 for int4, got shape [64, 176] (use another block size, or nf4)",
          { tensor: down },
        ),
      );
    }
  });

  it.each(["quantizeHead", "quantizeEmbeddings"] as const)(
    "refuses %s where head and embeddings are float32",
    (option) => {
      const planned =
        (dtype: "auto" | "float32" | "nf4", exact: boolean, ...on: StoredLinear[]) =>
        () =>
          planWeights(source("f16", ...on), { dtype, exact, [option]: true });
      const what = (reason: string) =>
        expect.objectContaining({ what: `${option} with ${reason}` });
      expect(planned("auto", false)).toThrow(what('dtype "float32"'));
      expect(planned("float32", false, nf4)).toThrow(what('dtype "float32"'));
      expect(planned("nf4", true)).toThrow(what("exact"));
      expect(planned("auto", true, nf4)).toThrow(
        `loadModel: expected what is supported here, got ${option} with exact (leave it out, or leave out exact)`,
      );
      expect(planned("auto", false, nf4)).not.toThrow();
    },
  );

  it("takes a quantized checkpoint as it is", () => {
    const plan = planWeights(source("f16", nf4));
    expect(plan.dtype).toBe("nf4");
    expect(plan.quantization).toBeUndefined();
    expect(plan.formatOf(qkv, [192, 64])).toEqual({ kind: "nf4", blockSize: 64, roundTo: "f16" });
    // not among the quantized ones: the config lists it as left out
    expect(plan.formatOf(down, [64, 176])).toEqual({ kind: "f32" });
  });

  it("dequantizes a file's codes of another codebook", () => {
    const codebook = nf4.codebook.map((value) => value * 0.5);
    const { formatOf } = planWeights(source("f16", { ...nf4, codebook }));
    expect(formatOf(qkv, [192, 64])).toEqual({ kind: "f32" });
  });

  it("does not quantize twice", () => {
    expect(() => planWeights(source("f16", nf4), { dtype: "int8" })).toThrow(
      new UnsupportedError(
        "loadModel",
        'dtype "int8" for m, whose weights are already quantized to nf4',
        'use the unquantized checkpoint, or dtype "auto"',
      ),
    );
    expect(planWeights(source("f16", nf4), { dtype: "float32" }).dtype).toBe("float32");
  });
});
