import { readFileSync } from "node:fs";
import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import { encodeInt8Rows } from "./encode-int8-rows.ts";
import { llmInt8Matmul } from "./llm-int8-matmul.ts";
import { quantizeActivations } from "./quantize-activations.ts";

const int8 = (bytes: Uint8Array) => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/** Largest difference, in units of the largest expected magnitude; NaN if there is one. */
function relativeGap(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  const magnitude = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - actual[i]))) / magnitude;
}

/** Orders of summation differ between torch and a plain loop; observed 3.1e-7. */
const SUM_TOLERANCE = 1e-6;

describeShared("LLM.int8() of bitsandbytes", "model/quant/int8.manifest.json", () => {
  const golden = readGolden(sharedData("model/quant/int8.manifest.json"));
  const cases = golden.meta["cases"] as { name: string; weight: string }[];
  const weights = [...new Set(cases.map(({ weight }) => weight)), "w_fp16_half_ties_2x64"];
  const weightsOf = (name: string) => ({
    CB: int8(golden.array(`${name}.CB`).bytes),
    SCB: golden.floats(`${name}.SCB`) as Float32Array,
    cols: golden.array(`${name}.weight`).shape[1],
  });
  const activationsOf = (name: string) => Float32Array.from(golden.floats(`${name}.x`));

  it.each(weights)("quantizes the rows of %s to the same codes and scales", (name) => {
    const expected = weightsOf(name);
    const values = Float32Array.from(golden.floats(`${name}.weight`));
    const { CB, SCB } = encodeInt8Rows(values, expected.cols);
    expect([...SCB]).toEqual([...expected.SCB]);
    expect([...CB]).toEqual([...expected.CB]);
  });

  it.each(cases)("quantizes the activations of $name exactly", ({ name, weight }) => {
    const { cols } = weightsOf(weight);
    const { CA, SCA, outlierCols } = quantizeActivations(activationsOf(name), cols);
    expect(outlierCols).toEqual([...golden.ints(`${name}.outlier_cols`)]);
    expect([...SCA]).toEqual([...golden.floats(`${name}.SCA`)]);
    expect([...CA]).toEqual([...int8(golden.array(`${name}.CA`).bytes)]);
  });

  it.each(cases)(
    "multiplies $name: float16 exactly, float32 but for the sums",
    ({ name, weight }) => {
      const { cols, ...rows } = weightsOf(weight);
      const dtype = golden.array(`${name}.x`).dtype as "f16" | "f32";
      const y = llmInt8Matmul(activationsOf(name), rows, { cols, dtype });
      const expected = golden.floats(`${name}.y`);
      expect(relativeGap(y, expected)).toBeLessThanOrEqual(dtype === "f16" ? 0 : SUM_TOLERANCE);
    },
  );
});

/** Arrays of one safetensors file: u64 length of the JSON header, header, data. */
function readSafetensors(path: string): (name: string) => { bytes: Uint8Array; shape: number[] } {
  const file = readFileSync(path);
  const dataStart = 8 + Number(file.readBigUInt64LE(0));
  type Entry = { shape: number[]; data_offsets: [number, number] };
  const header = JSON.parse(file.toString("utf8", 8, dataStart)) as Record<string, Entry>;
  return (name) => {
    const { shape, data_offsets: offsets } = header[name];
    const [start, end] = offsets.map((offset) => dataStart + offset);
    return { bytes: new Uint8Array(file.subarray(start, end)), shape };
  };
}

describeShared("linears of whole models in LLM.int8()", "model/quant/models.manifest.json", () => {
  const golden = readGolden(sharedData("model/quant/models.manifest.json"));
  const recorded = golden.names.flatMap((name) => {
    const [, model, linear] = /^(t7|t13)\.int8\.(model\.layers\..*)\.x$/.exec(name) ?? [];
    return model === undefined ? [] : [{ model, linear }];
  });

  it("covers five linears of two layers of two models", () => expect(recorded).toHaveLength(20));

  describe.each(["t7", "t13"])("%s", (name) => {
    const read = readSafetensors(
      sharedData(`model/models/${name}/int8-safetensors/model.safetensors`),
    );
    const linears = recorded.filter(({ model }) => model === name);

    it.each(linears)("$linear gives what was recorded", ({ linear }) => {
      const { bytes, shape } = read(`${linear}.weight`);
      const SCB = new Float32Array(read(`${linear}.SCB`).bytes.buffer);
      const cols = shape[1];
      const of = (part: string) => `${name}.int8.${linear}.${part}`;
      const x = golden.floats(of("x")) as Float32Array;
      const expected = [...golden.ints(of("outlier_cols"))];
      expect(quantizeActivations(x, cols).outlierCols).toEqual(expected);
      const y = llmInt8Matmul(x, { CB: int8(bytes), SCB }, { cols });
      expect(relativeGap(y, golden.floats(of("y")))).toBeLessThanOrEqual(SUM_TOLERANCE);
    });
  });
});
