import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import { expectedTensors } from "../config.ts";
import { checkWeights } from "./check-weights.ts";
import type { Checkpoint, StateTensor, StateValue } from "./checkpoint.ts";
import { openCheckpoint } from "./node-open-checkpoint.ts";

const fixtures = fileURLToPath(new URL("__fixtures__/", import.meta.url));
const hashes = JSON.parse(readFileSync(join(fixtures, "t7-bf16.json"), "utf8")) as Record<
  string,
  { shape: number[]; sha256: string }
>;
const models = sharedData("model/models");

/** The independent reading of a bfloat16: sign, exponent, fraction. */
function bfloat16(low: number, high: number): number {
  const sign = high & 0x80 ? -1 : 1;
  const exponent = ((high & 0x7f) << 1) | (low >> 7);
  const fraction = low & 0x7f;
  return exponent === 0
    ? sign * fraction * 2 ** -133
    : sign * (1 + fraction / 128) * 2 ** (exponent - 127);
}

/** Bit by bit; `toEqual` takes seconds for arrays of this size. */
function isSame(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytesOf = (view: ArrayBufferView) =>
    Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return bytesOf(a).equals(bytesOf(b));
}

async function expectT7(directory: string): Promise<void> {
  await using checkpoint = await openCheckpoint(directory);
  checkWeights(checkpoint);
  expect([...checkpoint.tensors.keys()].toSorted()).toEqual(Object.keys(hashes));
  for (const [name, { shape, sha256 }] of Object.entries(hashes)) {
    const info = checkpoint.tensors.get(name)!;
    expect(info).toMatchObject({ name, dtype: "bf16", shape });
    const bytes = await checkpoint.readBytes(name);
    expect(bytes.byteLength).toBe(info.sizeBytes);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);

    const values = await checkpoint.readFloat32(name);
    const isOther = (value: number, i: number) =>
      value !== bfloat16(bytes[2 * i] ?? 0, bytes[2 * i + 1] ?? 0);
    expect(values.findIndex(isOther)).toBe(-1);

    for (const rowsPerChunk of [undefined, 7]) {
      const joined = new Float32Array(values.length);
      for await (const { rowStart, data } of checkpoint.readRows(name, { rowsPerChunk }))
        joined.set(data, rowStart * (shape[1] ?? 1));
      expect(isSame(joined, values)).toBe(true);
      const blocks: Uint8Array[] = [];
      for await (const block of checkpoint.readRowBytes(name, { rowsPerChunk })) blocks.push(block);
      expect(isSame(Buffer.concat(blocks), bytes)).toBe(true);
      const rows = Math.min(rowsPerChunk ?? Infinity, shape[0] ?? 1);
      expect(blocks[0]?.buffer.byteLength).toBe((rows * bytes.length) / (shape[0] ?? 1));
    }
  }
}

describe("checkpoints written by torch and safetensors", () => {
  it.each([
    "bin-bf16",
    "bin-legacy-bf16",
    "bin-views-bf16",
    "bin-sharded-bf16",
    "safetensors-sharded-bf16",
  ])("t7-%s holds the same numbers as all the others", (name) =>
    expectT7(join(fixtures, `t7-${name}`)),
  );

  it("t7-chat4bits-list gives packed weights, and quant states as plain data", async () => {
    await using checkpoint = await openCheckpoint(join(fixtures, "t7-chat4bits-list"));
    await expectChat4bits(checkpoint);
  });
});

function isTensor(value: StateValue | undefined): value is StateTensor {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "tensor";
}

/** Every quantized linear has a `.weight.data` and a list of seven, whose parts have the sizes that follow from the shape. */
async function expectChat4bits(checkpoint: Checkpoint): Promise<void> {
  expect(checkpoint.config.quantizationConfig).toMatchObject({ load_in_4bit: true });
  const linears = [...expectedTensors(checkpoint.config)].filter(([name]) =>
    /W_pack|_proj/.test(name),
  );
  expect([...checkpoint.objects.keys()].toSorted()).toEqual(
    linears.map(([name]) => `${name}.quant_state`).toSorted(),
  );
  for (const [name, shape] of linears) {
    const elements = shape[0]! * shape[1]!;
    expect(checkpoint.tensors.get(`${name}.data`)).toMatchObject({
      dtype: "u8",
      shape: [elements / 2, 1],
    });
    const state = checkpoint.objects.get(`${name}.quant_state`) as StateValue[];
    expect(state).toHaveLength(7);
    expect(state[1]).toEqual({ kind: "size", dims: shape });
    expect(state[2]).toEqual({ kind: "dtype", name: "float16" });
    expect([state[3], state[5]]).toEqual([64, "nf4"]);
    const [offset, nested] = state[4] as [StateValue, StateValue[]];
    expect(nested.slice(2)).toEqual([256, false, { kind: "dtype", name: "float32" }, null, null]);
    const parts = [state[0], offset, nested[0], nested[1], state[6]];
    const blocks = Math.ceil(elements / 64);
    expect(parts.map((part) => isTensor(part) && [part.info.dtype, part.info.shape])).toEqual([
      ["u8", [blocks]],
      ["f32", []],
      ["f32", [Math.ceil(blocks / 256)]],
      ["f32", [256]],
      ["f32", [16]],
    ]);
    const code = await checkpoint.readFloat32((state[6] as StateTensor).info.name);
    expect([code[0], code[7], code[15]]).toEqual([-1, 0, 1]);
    expect((await checkpoint.readFloat32((offset as StateTensor).info.name))[0]).toBeGreaterThan(0);
  }
}

describeShared("all golden checkpoints", "model/models", () => {
  const folders = (model: string) => readdirSync(join(models, model));

  it.each(folders("t7").filter((name) => name.endsWith("-bf16")))(
    "t7/%s holds the same numbers",
    (name) => expectT7(join(models, "t7", name)),
  );

  it("the two formats of t13 hold the same numbers", async () => {
    await using one = await openCheckpoint(join(models, "t13/bin-sharded-bf16"));
    await using other = await openCheckpoint(join(models, "t13/safetensors-bf16"));
    expect(one.config).toEqual(other.config);
    for (const checkpoint of [one, other]) checkWeights(checkpoint);
    for (const name of one.tensors.keys())
      expect(isSame(await one.readBytes(name), await other.readBytes(name)), name).toBe(true);
  });

  it("float32 and float16 checkpoints are roundings of one master", async () => {
    await using wide = await openCheckpoint(join(models, "t7/bin-fp32"));
    await using half = await openCheckpoint(join(models, "t7/safetensors-fp16"));
    await using brain = await openCheckpoint(join(models, "t7/safetensors-bf16"));
    expect([...wide.tensors.values()].every(({ dtype }) => dtype === "f32")).toBe(true);
    expect([...half.tensors.values()].every(({ dtype }) => dtype === "f16")).toBe(true);
    for (const name of wide.tensors.keys()) {
      const exact = await wide.readFloat32(name);
      // half a unit in the last place: 11 bits for float16 (and its smallest subnormal), 8 for bfloat16
      for (const [checkpoint, relative, absolute] of [
        [half, 2 ** -11, 2 ** -25],
        [brain, 2 ** -8, 0],
      ] as const) {
        const rounded = await checkpoint.readFloat32(name);
        const worst = exact.findIndex(
          (value, i) =>
            Math.abs(rounded[i]! - value) > Math.max(relative * Math.abs(value), absolute),
        );
        expect(worst, name).toBe(-1);
      }
    }
  });

  it.each([
    ["t7/safetensors-bf16", "rope"],
    ["hd7/safetensors-bf16", "rope"],
    ["t13/safetensors-bf16", "alibi"],
    ["hd13/bin-bf16", "alibi"],
  ])("%s uses %s", async (name, scheme) => {
    await using checkpoint = await openCheckpoint(join(models, name));
    expect(checkpoint.config.positionScheme).toBe(scheme);
    checkWeights(checkpoint);
  });

  it.each(["t7", "t13"])("the published 4-bit layout of %s is readable as it is", async (model) => {
    await using checkpoint = await openCheckpoint(join(models, model, "chat4bits-list"));
    await expectChat4bits(checkpoint);
  });

  it.each(["t7", "t13"])(
    "the flat NF4 layout of %s holds the bytes of the list layout",
    async (model) => {
      await using list = await openCheckpoint(join(models, model, "chat4bits-list"));
      await using flat = await openCheckpoint(join(models, model, "nf4-safetensors"));
      for (const [key, state] of list.objects) {
        const weight = key.replace(".quant_state", "");
        const [absmax, , , , [, [nestedAbsmax, nestedMap]], , code] = state as [
          StateValue,
          0,
          0,
          0,
          [0, StateValue[]],
          0,
          StateValue,
        ];
        const pairs = [
          [`${weight}.data`, weight],
          [(absmax as StateTensor).info.name, `${weight}.absmax`],
          [(nestedAbsmax as StateTensor).info.name, `${weight}.nested_absmax`],
          [(nestedMap as StateTensor).info.name, `${weight}.nested_quant_map`],
          [(code as StateTensor).info.name, `${weight}.quant_map`],
        ] as const;
        for (const [listName, flatName] of pairs)
          expect(
            isSame(await list.readBytes(listName), await flat.readBytes(flatName)),
            flatName,
          ).toBe(true);
        const json = JSON.parse(
          new TextDecoder().decode(await flat.readBytes(`${weight}.quant_state.bitsandbytes__nf4`)),
        );
        expect(json).toMatchObject({ quant_type: "nf4", blocksize: 64, nested_blocksize: 256 });
      }
      expect(list.objects.size).toBe(15);
    },
  );

  it("int8 weights and scales of the pickle and of safetensors are equal", async () => {
    await using pickle = await openCheckpoint(join(models, "t7/int8-bin"));
    await using flat = await openCheckpoint(join(models, "t7/int8-safetensors"));
    const scales = [...pickle.tensors.keys()].filter((name) => name.endsWith(".SCB"));
    expect(scales).toHaveLength(15);
    for (const scale of scales) {
      const weight = scale.replace(/SCB$/, "weight");
      expect(pickle.tensors.get(weight)?.dtype).toBe("i8");
      for (const name of [scale, weight])
        expect(isSame(await pickle.readBytes(name), await flat.readBytes(name)), name).toBe(true);
    }
  });

  it("the tensors of t7 give the embedding rows that the original code looked up", async () => {
    const golden = readGolden(sharedData("model/forward/t7.manifest.json"));

    await using checkpoint = await openCheckpoint(join(models, "t7/safetensors-bf16"));
    const table = await checkpoint.readFloat32("model.embed_tokens.weight");
    const rows = golden.floats("states.hidden.embed");
    const { hiddenSize } = checkpoint.config;
    for (let start = 0; start < rows.length; start += hiddenSize) {
      const row = rows.subarray(start, start + hiddenSize);
      const found = Array.from({ length: table.length / hiddenSize }, (_, id) => id).some((id) =>
        row.every((value, i) => table[id * hiddenSize + i] === value),
      );
      expect(found).toBe(true);
    }
  });
});
