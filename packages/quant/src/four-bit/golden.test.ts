import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { decodeFourBit } from "./decode-four-bit.ts";
import { quantizeAbsmax, restoreAbsmax } from "./double-quantization.ts";
import { DYNAMIC_MAP } from "./dynamic-map.ts";
import { encodeFourBit } from "./encode-four-bit.ts";
import { NF4_CODEBOOK, NF4_THRESHOLDS } from "./codebooks.ts";

/** Bits of floats, in hex: −0 and 0 differ. */
const bitsOf = (floats: ArrayLike<number>): string =>
  Buffer.from(Float32Array.from(floats).buffer).toString("hex");

describeShared("NF4 of bitsandbytes", "model/quant/nf4.manifest.json", () => {
  const golden = readGolden(sharedData("model/quant/nf4.manifest.json"));
  const matrices = golden.meta["matrices"] as { name: string; modes: string[] }[];
  const cases = matrices.flatMap(({ name, modes }) => modes.map((mode) => ({ name, mode })));
  const inputOf = (name: string) => Float32Array.from(golden.floats(`${name}.input`));

  /** Codes, one a weight; the last byte's low half also where no weight is in it. */
  const unpack = (packed: Uint8Array) => [...packed].flatMap((byte) => [byte >> 4, byte & 15]);

  it("has the codebook, the thresholds and the dynamic map", () => {
    expect(bitsOf(NF4_CODEBOOK)).toBe(bitsOf(golden.floats("nf4_table")));
    expect(bitsOf(NF4_THRESHOLDS)).toBe(bitsOf(golden.floats("nf4_thresholds")));
    expect(bitsOf(DYNAMIC_MAP)).toBe(bitsOf(golden.floats("dynamic_map")));
  });

  it("covers 14 matrices", () => expect(matrices).toHaveLength(14));

  it.each(cases)("encodes $name, $mode", ({ name, mode }) => {
    const of = (part: string) => `${name}.${mode}.${part}`;
    const input = inputOf(name);
    const { packed, absmax } = encodeFourBit(input, { halfFirst: mode === "half_first" });
    expect(bitsOf(absmax)).toBe(bitsOf(golden.floats(of("absmax"))));
    const expected = unpack(golden.array(of("packed")).bytes);
    const codes = unpack(packed);
    expect(codes).toHaveLength(expected.length);
    const zeroBlocks = new Set(golden.ints(of("zero_blocks")));
    const differing = codes.flatMap((code, i) => (code === expected[i] ? [] : [i]));
    for (const i of differing) {
      expect(zeroBlocks, `element ${i} differs outside blocks of zeros`).toContain(
        Math.floor(i / 64),
      );
      expect([codes[i], expected[i]]).toEqual([7, 0]);
    }
  });

  it.each(cases)("decodes $name, $mode", ({ name, mode }) => {
    const of = (part: string) => `${name}.${mode}.${part}`;
    const packed = golden.array(of("packed")).bytes;
    const count = inputOf(name).length;
    const dtype = golden.array(of("dequant_single")).dtype as "f16" | "bf16" | "f32";
    for (const [absmaxName, weights] of [
      ["absmax", "dequant_single"],
      ["absmax_restored", "dequant_double"],
    ] as const) {
      const absmax = golden.floats(of(absmaxName)) as Float32Array;
      const decoded = decodeFourBit({ packed, absmax }, { count, roundTo: dtype });
      expect(bitsOf(decoded), weights).toBe(bitsOf(golden.floats(of(weights))));
    }
  });

  it.each(cases)("quantizes the absmax of $name, $mode", ({ name, mode }) => {
    const of = (part: string) => `${name}.${mode}.${part}`;
    const absmax = golden.floats(of("absmax")) as Float32Array;
    const offset = golden.floats(of("offset"))[0];
    expect(Math.abs(quantizeAbsmax(absmax).offset - offset)).toBeLessThanOrEqual(1e-6 * offset);
    const quantized = quantizeAbsmax(absmax, { offset });
    expect(quantized.offset).toBe(offset);
    expect(Buffer.from(quantized.codes)).toEqual(Buffer.from(golden.array(of("absmax_u8")).bytes));
    expect(bitsOf(quantized.nestedAbsmax)).toBe(bitsOf(golden.floats(of("nested_absmax"))));
    expect(bitsOf(restoreAbsmax(quantized))).toBe(bitsOf(golden.floats(of("absmax_restored"))));
  });
});
