// Encoding and decoding 4096 × 4096 weights in 4 bits, and rounding them to 16, on one core.
// Targets in M weights/s: encode NF4 >= 150, decode >= 500, round to float16 >= 500.
import { deepEqual } from "node:assert/strict";
import {
  decodeFourBit,
  encodeFourBit,
  quantizeAbsmax,
  restoreAbsmax,
  roundToBfloat16,
  roundToFloat16,
} from "@baichuan2/quant";
import { interleave } from "@baichuan2/tooling/bench";
import { randomWeights } from "../src/__fixtures__/random-weights.ts";
import { naiveCodes } from "../src/four-bit/naive-four-bit.ts";
import { reportWeights } from "./report.ts";

const count = 4096 * 4096;
const values = randomWeights(1, count);
const out = new Float32Array(count);
const nf4 = encodeFourBit(values);
const fp4 = encodeFourBit(values, { quantType: "fp4" });
const quantized = quantizeAbsmax(nf4.absmax);

const sample = values.subarray(0, 65_536);
for (const [quantType, { packed }] of Object.entries({ nf4, fp4 }) as ["nf4" | "fp4", typeof nf4][])
  deepEqual(
    Array.from(packed.subarray(0, sample.length / 2), (byte) => [byte >> 4, byte & 15]).flat(),
    naiveCodes(roundToFloat16(sample), 64, quantType),
  );

const timings = await interleave([
  { name: "encodeFourBit nf4", run: () => void encodeFourBit(values) },
  {
    name: "encodeFourBit nf4, halfFirst: false",
    run: () => void encodeFourBit(values, { halfFirst: false }),
  },
  { name: "encodeFourBit fp4", run: () => void encodeFourBit(values, { quantType: "fp4" }) },
  { name: "decodeFourBit nf4 to f16", run: () => void decodeFourBit(nf4, { count }, out) },
  {
    name: "decodeFourBit nf4 to f32",
    run: () => void decodeFourBit(nf4, { count, roundTo: "f32" }, out),
  },
  { name: "quantizeAbsmax, per weight", run: () => void quantizeAbsmax(nf4.absmax) },
  { name: "restoreAbsmax, per weight", run: () => void restoreAbsmax(quantized) },
  { name: "roundToFloat16", run: () => void roundToFloat16(values, out) },
  { name: "roundToBfloat16", run: () => void roundToBfloat16(values, out) },
]);
reportWeights(timings, count);
