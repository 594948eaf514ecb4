import { f32, i32, type Tensor } from "../graph/tensor.ts";
import type { WeightFormat } from "../graph/weight-format.ts";
import { add } from "../ops/add/op.ts";
import { alibi } from "../ops/alibi/op.ts";
import { alibiSlopes } from "../ops/alibi/slopes.ts";
import { gather } from "../ops/gather/op.ts";
import { l2Normalize } from "../ops/l2-normalize/op.ts";
import { linear } from "../ops/linear/op.ts";
import { poolAttention } from "../ops/pool-attention/op.ts";
import { rmsNorm } from "../ops/rms-norm/op.ts";
import { rotary } from "../ops/rotary/op.ts";
import { splitHeads } from "../ops/split-heads/op.ts";
import { swiglu } from "../ops/swiglu/op.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { opCase, random } from "./op-case.ts";
import { seededFloats } from "./seeded.ts";
import { trainingCases } from "./training-cases.ts";

/** A mask value: finite, so that adding a bias to it stays finite; `exp` of it is 0 for any visible neighbour. */
const MASKED = -3.4028234663852886e38;

/** Row t of T sees slots of its own parity and rows up to itself. */
function mixedMask(T: number, S: number): Tensor {
  const mask = Float32Array.from({ length: T * (S + T) }, (_, i) => {
    const [t, k] = [Math.floor(i / (S + T)), i % (S + T)];
    const visible = k < S ? k % 2 === t % 2 && k > 0 : k - S <= t;
    return visible ? 0 : MASKED;
  });
  return f32(mask, [T, S + T]);
}

function attentionFeeds(T: number, S: number, H: number, D: number): Record<string, Tensor> {
  return {
    query: random(1, T, H, D),
    key: random(2, T, H, D),
    value: random(3, T, H, D),
    keyPool: random(4, S, H, D),
    valuePool: random(5, S, H, D),
    mask: mixedMask(T, S),
  };
}

const attentionShapes = (H: number, D: number) => ({
  query: ["T", H, D],
  key: ["T", H, D],
  value: ["T", H, D],
  keyPool: ["S", H, D],
  valuePool: ["S", H, D],
  mask: ["T", "S+T"],
});

function attentionCase(title: string, T: number, S: number, H: number, D: number): ConformanceCase {
  return opCase(
    title,
    attentionFeeds(T, S, H, D),
    (g, { query, key, value, keyPool, valuePool, mask }) =>
      poolAttention(g, { query, key, value, keyPool, valuePool, bias: mask }, 1 / Math.sqrt(D)),
    attentionShapes(H, D),
  );
}

function alibiAttentionCase(T: number, S: number, H: number, D: number): ConformanceCase {
  const positions = (seed: number, length: number) =>
    f32(
      seededFloats(seed, length).map((x) => Math.round(x * 2000)),
      [length],
    );
  const feeds = {
    ...attentionFeeds(T, S, H, D),
    queryPositions: positions(6, T),
    keyPositions: positions(7, S + T),
  };
  return opCase(
    "attention with ALiBi over far positions",
    feeds,
    (g, { query, key, value, keyPool, valuePool, mask, queryPositions, keyPositions }) => {
      const bias = alibi(g, mask, queryPositions, keyPositions, { slopes: alibiSlopes(H) });
      return poolAttention(g, { query, key, value, keyPool, valuePool, bias }, 1 / Math.sqrt(D));
    },
    { ...attentionShapes(H, D), queryPositions: ["T"], keyPositions: ["S+T"] },
  );
}

/**
 * Backends may round activations to int8, block by block: each of the C products of a sum is off by at most
 * |w|·absmax(x)/254, here 0.004, with random signs; and codebook weights to 1/127 of their block's maximum. Over 128
 * products of numbers up to 1 that is 0.03 at three standard deviations; sums reach ±10.
 */
const INT8_ACTIVATIONS = 0.05;

/** A linear with a weight of a format; activations reach ±8, so that LLM.int8() finds outliers. */
function linearCase(
  title: string,
  format: WeightFormat,
  { C = 128, scale = 1, tolerance }: { C?: number; scale?: number; tolerance?: number } = {},
): ConformanceCase {
  return {
    title,
    ...(tolerance === undefined ? {} : { tolerance }),
    feeds: {
      x: f32(
        seededFloats(1, 5 * C).map((value) => value * scale),
        [5, C],
      ),
    },
    build(g) {
      const x = g.input("x", "f32", ["T", C]);
      g.output("y", linear(g, x, g.weight("w", [24, C], format)));
    },
  };
}

/** Every activation has the largest code of its row. */
function largestCodesCase(kind: "int8" | "int16", tolerance: number): ConformanceCase {
  return {
    ...linearCase(`linear with ${kind} and the largest activations`, { kind }, { tolerance }),
    feeds: { x: f32(new Float32Array(5 * 128).fill(1), [5, 128]) },
  };
}

/** A row of zeros and a row with a NaN: one must stay zero and the other may not look like numbers. */
function oddRowsCase(format: WeightFormat, tolerance: number): ConformanceCase {
  const x = seededFloats(3, 3 * 128).map((value, i) => (i < 128 ? 0 : i === 200 ? NaN : value));
  return {
    ...linearCase(`linear with ${format.kind}, a row of zeros and a NaN`, format, { tolerance }),
    feeds: { x: f32(x, [3, 128]) },
  };
}

/** Activations far below 1 have scales of their own. LLM.int8() is no part of this: float16 ends at 6e-8. */
function tinyRowsCase(format: WeightFormat, tolerance: number): ConformanceCase {
  const options = { scale: 1e-6, tolerance: 1e-6 * tolerance };
  return linearCase(`linear with ${format.kind} of tiny activations`, format, options);
}

/** Formats in which activations become integers. */
const roundedFormats: readonly [WeightFormat, tolerance: number][] = [
  [{ kind: "int4", blockSize: 64, symmetric: true }, INT8_ACTIVATIONS],
  [{ kind: "int8-blocks", blockSize: 64 }, INT8_ACTIVATIONS],
  [{ kind: "nf4", blockSize: 64, roundTo: "f16" }, INT8_ACTIVATIONS * 2],
  [{ kind: "int16" }, 1e-3],
];

/** Activations of exactly the threshold are outliers: 6 would be rounded to a step of 5.9/127 otherwise. */
const thresholdCase: ConformanceCase = {
  ...linearCase("linear with LLM.int8() at its threshold", { kind: "int8" }, { tolerance: 0.01 }),
  feeds: {
    x: f32(
      seededFloats(4, 5 * 128).map((value, i) => (i % 128 === 7 ? 6 : value * 5.9)),
      [5, 128],
    ),
  },
};

function gatherCase(format: WeightFormat): ConformanceCase {
  return {
    title: `gather from rows in ${format.kind}`,
    feeds: { ids: i32(Int32Array.of(6, 0, 6, 3), [4]) },
    build(g) {
      const table = g.weight("table", [7, 64], format);
      g.output("y", gather(g, table, g.input("ids", "i32", ["T"])));
    },
  };
}

/** Weights of every format; which op takes which stands at `WeightFormat`. */
const formatCases: readonly ConformanceCase[] = [
  ...([32, 64, 128] as const).flatMap((blockSize) => [
    linearCase(
      `linear with symmetric int4 blocks of ${blockSize}`,
      { kind: "int4", blockSize, symmetric: true },
      { tolerance: INT8_ACTIVATIONS },
    ),
    linearCase(
      `linear with asymmetric int4 blocks of ${blockSize}, an odd number of them`,
      { kind: "int4", blockSize, symmetric: false },
      { C: 3 * blockSize, tolerance: INT8_ACTIVATIONS * 2 },
    ),
    linearCase(
      `linear with int8 blocks of ${blockSize}`,
      { kind: "int8-blocks", blockSize },
      { tolerance: INT8_ACTIVATIONS },
    ),
  ]),
  ...(["nf4", "fp4"] as const).map((kind) =>
    linearCase(
      `linear with ${kind}`,
      { kind, blockSize: 64, roundTo: "f16" },
      { tolerance: INT8_ACTIVATIONS * 2 },
    ),
  ),
  // Only roundings of float16 may differ by one step: 2^-11 of sums up to ±60.
  linearCase("linear with LLM.int8() without outliers", { kind: "int8" }, { tolerance: 0.01 }),
  linearCase(
    "linear with LLM.int8() with outliers",
    { kind: "int8" },
    { scale: 8, tolerance: 0.04 },
  ),
  // 16 bits a row on both sides: 2^-15 of each product, random signs.
  linearCase("linear with int16 rows", { kind: "int16" }, { tolerance: 1e-3 }),
  ...roundedFormats.flatMap(([format, tolerance]) => [
    oddRowsCase(format, tolerance),
    tinyRowsCase(format, tolerance),
  ]),
  oddRowsCase({ kind: "int8" }, 0.01),
  linearCase(
    "linear with LLM.int8() of small activations",
    { kind: "int8" },
    {
      scale: 1e-3,
      tolerance: 1e-5,
    },
  ),
  thresholdCase,
  // All codes are the largest: the sums in which byte products of some processors saturate.
  largestCodesCase("int8", 0.03),
  largestCodesCase("int16", 2e-3),
  gatherCase({ kind: "f16" }),
  gatherCase({ kind: "bf16" }),
  gatherCase({ kind: "int16" }),
  gatherCase({ kind: "int8" }),
  gatherCase({ kind: "int8-blocks", blockSize: 32 }),
  gatherCase({ kind: "int4", blockSize: 64, symmetric: false }),
  gatherCase({ kind: "nf4", blockSize: 64, roundTo: "f16" }),
];

/** The contract of all backends, op by op. Sizes are small but none is a power of two by habit. */
export const conformanceCases: readonly ConformanceCase[] = [
  opCase("add of [3, 20]", { a: random(1, 3, 20), b: random(2, 3, 20) }, (g, { a, b }) =>
    add(g, a, b),
  ),
  opCase(
    "alibi bias of 6 heads over far positions",
    {
      mask: mixedMask(3, 4),
      queryPositions: f32(Float32Array.of(4095, 4096, 4097), [3]),
      keyPositions: f32(Float32Array.of(0, 1, 2047, 4094, 4095, 4096, 4097), [7]),
    },
    (g, { mask, queryPositions, keyPositions }) =>
      alibi(g, mask, queryPositions, keyPositions, { slopes: alibiSlopes(6) }),
  ),
  opCase(
    "gather of rows, one of them twice",
    {
      table: random(1, 7, 12),
      indices: i32(Int32Array.of(6, 0, 6, 3), [4]),
    },
    (g, { table, indices }) => gather(g, table, indices),
    { indices: ["T"] },
  ),
  opCase(
    "l2Normalize with a zero row",
    {
      x: f32(
        seededFloats(1, 40).map((x, i) => (i < 10 ? 0 : x)),
        [4, 10],
      ),
    },
    (g, { x }) => l2Normalize(g, x),
  ),
  opCase(
    "rmsNorm of large and small rows",
    {
      x: f32(
        seededFloats(1, 192).map((x, i) => x * (i < 96 ? 300 : 1e-3)),
        [2, 96],
      ),
      weight: random(2, 96),
    },
    (g, { x, weight }) => rmsNorm(g, x, weight, 1e-6),
    { x: ["T", 96] },
  ),
  opCase(
    "rotary of 3 heads",
    {
      x: random(1, 5, 3, 16),
      cos: random(2, 5, 8),
      sin: random(3, 5, 8),
    },
    (g, { x, cos, sin }) => rotary(g, x, cos, sin),
    { x: ["T", 3, 16], cos: ["T", 8], sin: ["T", 8] },
  ),
  opCase(
    "splitHeads of a fused projection",
    { x: random(1, 4, 3 * 2 * 8) },
    (g, { x }) => splitHeads(g, x, { parts: 3, numHeads: 2, headDim: 8 }),
    { x: ["T", 48] },
  ),
  opCase(
    "swiglu incl. large arguments",
    {
      gate: f32(
        seededFloats(1, 60).map((x) => x * 90),
        [3, 20],
      ),
      up: random(2, 3, 20),
    },
    (g, { gate, up }) => swiglu(g, gate, up),
  ),
  ...formatCases,
  attentionCase("attention of one row over the dummy slot", 1, 1, 2, 8),
  attentionCase("attention of 5 rows over 9 slots", 5, 9, 3, 16),
  attentionCase("attention with head size 128", 2, 33, 2, 128),
  alibiAttentionCase(4, 6, 6, 16),
  {
    title: "linear with a weight read in chunks",
    feeds: { x: random(1, 3, 64) },
    build(g) {
      const x = g.input("x", "f32", ["T", 64]);
      g.output("y", linear(g, x, g.weight("w", [48, 64])));
    },
  },
  {
    title: "gather from a weight, normalised, projected, returned beside its rows",
    feeds: { ids: i32(Int32Array.of(5, 1, 5), [3]) },
    build(g) {
      const rows = gather(g, g.weight("table", [6, 32]), g.input("ids", "i32", ["T"]));
      const normed = rmsNorm(g, rows, g.weight("gain", [32]), 1e-6);
      g.output("rows", rows);
      g.output("y", linear(g, normed, l2Normalize(g, g.weight("head", [9, 32]))));
    },
  },
  ...trainingCases,
];
