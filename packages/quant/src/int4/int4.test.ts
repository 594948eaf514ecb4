import fc from "fast-check";
import { expect, it } from "vitest";
import { randomWeights, relativeError } from "../__fixtures__/random-weights.ts";
import type { BlockSize } from "../block-layout.ts";
import { decodeInt4, encodeInt4, type Int4Blocks, type Int4Options } from "./index.ts";
import { scaleRounding } from "./round-scale.ts";

/** A row of one block: the given weights, then zeros. */
const block32 = (...weights: number[]): Float32Array =>
  Float32Array.from({ length: 32 }, (_, i) => weights[i] ?? 0);
const one: Int4Options = { cols: 32, blockSize: 32 };

const anyShape = {
  seed: fc.nat(),
  rows: fc.integer({ min: 1, max: 3 }),
  blocks: fc.integer({ min: 1, max: 5 }),
  blockSize: fc.constantFrom<BlockSize>(32, 64, 128),
  symmetric: fc.boolean(),
  scaleDtype: fc.constantFrom("f32" as const, "f16" as const, "bf16" as const),
};

it("encodeInt4 packs a worked example, even element low", () => {
  // absmax 7, scale 1: 7 -> 15, -7 -> 1, 2.5 -> 2 (tie to even) + 8, 3.5 -> 4 + 8, -0.4 -> 8; zeros are 0x88
  const { packed, scales, zeroPoints } = encodeInt4(block32(7, -7, 2.5, 3.5, -0.4), {
    ...one,
    method: "rtn",
  });
  expect([...packed.subarray(0, 4)]).toEqual([0x1f, 0xca, 0x88, 0x88]);
  expect([...scales]).toEqual([1]);
  expect(zeroPoints).toBeUndefined();
});

it("the packed bytes read as little-endian int32 are compressed-tensors' eight codes, the first lowest", () => {
  const { packed } = encodeInt4(block32(-7, -6, -5, -4, -3, -2, -1, 7), { ...one, method: "rtn" });
  expect(new DataView(packed.buffer).getUint32(0, true)).toBe(0xf7654321);
});

it("encodeInt4 packs asymmetric zero points two a byte, rows padded", () => {
  // three blocks a row: [0, 15] has zero point 0; [-15, 0] has 15; [-5, 10] has 5; scale 1 each
  const row = [...block32(0, 15), ...block32(-15, 0), ...block32(-5, 10, 1.5)];
  const options = { cols: 96, blockSize: 32, symmetric: false, method: "rtn" } as const;
  const blocks = encodeInt4(Float32Array.of(...row, ...row), options);
  expect([...(blocks.zeroPoints ?? [])]).toEqual([0xf0, 0x05, 0xf0, 0x05]);
  expect([...blocks.scales]).toEqual([1, 1, 1, 1, 1, 1]);
  expect([...blocks.packed.subarray(32, 34)]).toEqual([0xf0, 0x57]); // -5 -> 0, 10 -> 15, 1.5 -> 2 + 5, 0 -> 5
  expect([...decodeInt4(blocks, options).subarray(64, 67)]).toEqual([-5, 10, 2]);
});

it("decodeInt4 decodes a worked example", () => {
  const packed = new Uint8Array(16).fill(0x88);
  packed[0] = 0xf0; // codes 0 and 15
  const blocks = { packed, scales: Float32Array.of(0.5) };
  expect([...decodeInt4(blocks, one).subarray(0, 3)]).toEqual([-4, 3.5, 0]);
  const shifted = decodeInt4({ ...blocks, zeroPoints: Uint8Array.of(3) }, one);
  expect([...shifted.subarray(0, 3)]).toEqual([-1.5, 6, 2.5]);
});

it("the search puts the largest weight on code 0 where that is exact", () => {
  // 8, -7, … -1: with scale -1 each weight is its code; "rtn" has no code for it
  const weights = block32(8, -7, 6, 5, 4, 3, 2, 1);
  const blocks = encodeInt4(weights, one);
  expect([...blocks.scales]).toEqual([-1]);
  expect(relativeError(weights, decodeInt4(blocks, one))).toBe(0);
});

it("blocks of zeros and of one value survive, with either method and zero point", () => {
  for (const method of ["rtn", "search"] as const)
    for (const symmetric of [true, false])
      for (const value of [0, 0.3, -7e-3, 1e-45, -3e38]) {
        const options = { ...one, method, symmetric };
        const weights = new Float32Array(32).fill(value);
        const decoded = decodeInt4(encodeInt4(weights, options), options);
        const tolerance = Math.abs(value) * 1e-6 + 1e-44; // below it lies one subnormal step a code
        for (const weight of decoded) expect(Math.abs(weight - weights[0])).toBeLessThan(tolerance);
      }
});

it("encodeInt4 refuses what it cannot encode, and says what to do", () => {
  expect(() => encodeInt4(new Float32Array(96), { cols: 96, blockSize: 64 })).toThrow(
    "encodeInt4: expected cols that are a multiple of blockSize 64, got cols 96 (choose a smaller blockSize, or pad each row with zeros)",
  );
  expect(() => encodeInt4(new Float32Array(48), one)).toThrow("whole rows of 32 values");
  expect(() => encodeInt4(new Float32Array(32), { cols: 32, blockSize: 16 as never })).toThrow(
    "expected blockSize of 32, 64, 128, got 16",
  );
  for (const bad of [NaN, Infinity, -Infinity])
    expect(() => encodeInt4(block32(1, 2, bad), one)).toThrow(
      `encodeInt4: expected finite weights, got ${bad} at index 2`,
    );
});

it("decodeInt4 refuses arrays of other lengths", () => {
  const blocks = { packed: new Uint8Array(32), scales: new Float32Array(1) };
  expect(() => decodeInt4(blocks, one)).toThrow("decodeInt4: expected scales of length 2");
  const scales = new Float32Array(2);
  const zeroPoints = new Uint8Array(1);
  expect(() => decodeInt4({ ...blocks, scales, zeroPoints }, one)).toThrow(
    "zeroPoints of length 2",
  );
  expect(() => decodeInt4({ ...blocks, scales }, one, new Float32Array(1))).toThrow(
    "out of length",
  );
});

it("rtn is what plain arithmetic gives", () => {
  fc.assert(
    fc.property(fc.record(anyShape), ({ seed, rows, blocks, ...rest }) => {
      const options = { ...rest, cols: blocks * rest.blockSize, method: "rtn" } as const;
      const weights = randomWeights(seed, rows * options.cols);
      expect(encodeInt4(weights, options)).toEqual(plainRtn(weights, options));
    }),
    { numRuns: 60 },
  );
});

it("codes are nearest to their weight, and the search never does worse in a block than rtn", () => {
  fc.assert(
    fc.property(fc.record(anyShape), ({ seed, rows, blocks, ...rest }) => {
      const options = { ...rest, cols: blocks * rest.blockSize };
      const weights = randomWeights(seed, rows * options.cols);
      const before = weights.slice();
      const searched = encodeInt4(weights, options);
      expect(weights).toEqual(before);
      expectNearest(weights, searched, options);
      const found = blockErrors(weights, searched, options);
      const spanned = blockErrors(
        weights,
        encodeInt4(weights, { ...options, method: "rtn" }),
        options,
      );
      for (const [block, error] of found.entries())
        expect(error).toBeLessThanOrEqual(spanned[block] * (1 + 1e-12));
    }),
    { numRuns: 60 },
  );
});

it("scales are representable in their dtype", () => {
  const weights = randomWeights(1, 32 * 64);
  for (const scaleDtype of ["f16", "bf16"] as const)
    for (const method of ["rtn", "search"] as const) {
      const { scales } = encodeInt4(weights, { cols: 64, blockSize: 32, scaleDtype, method });
      expect([...scales]).toEqual([...scales].map(scaleRounding(scaleDtype)));
    }
});

it("the search is as much better than rtn on normal weights as its header says", () => {
  const weights = randomWeights(7, 2 ** 17);
  const rows = [
    [32, true, 0.0971, 0.0811],
    [64, true, 0.1077, 0.0899],
    [128, true, 0.1173, 0.0967],
    [32, false, 0.0808, 0.0768],
    [64, false, 0.091, 0.087],
    [128, false, 0.1005, 0.095],
  ] as const;
  for (const [blockSize, symmetric, rtn, search] of rows) {
    const error = (method: "rtn" | "search"): number => {
      const options = { cols: 1024, blockSize, symmetric, method };
      return relativeError(weights, decodeInt4(encodeInt4(weights, options), options));
    };
    expect(error("rtn")).toBeCloseTo(rtn, 3);
    expect(error("search")).toBeCloseTo(search, 3);
  }
});

/** The definition, one weight at a time. */
function plainRtn(weights: Float32Array, options: Int4Options): Int4Blocks {
  const { cols, blockSize, symmetric, scaleDtype = "f32" } = options;
  const blocksPerRow = cols / blockSize;
  const packed = new Uint8Array(weights.length / 2);
  const scales = new Float32Array(weights.length / blockSize);
  const zeroPoints = new Uint8Array((weights.length / cols) * Math.ceil(blocksPerRow / 2));
  for (let block = 0; block < scales.length; block++) {
    const part = [...weights.subarray(block * blockSize, (block + 1) * blockSize)];
    const low = Math.min(0, ...part);
    const high = Math.max(0, ...part);
    const span = symmetric ? Math.max(-low, high) / 7 : (high - low) / 15;
    const scale = scaleRounding(scaleDtype)(span);
    const zeroPoint = symmetric ? 8 : Math.min(15, nearestEven(-low / scale));
    scales[block] = scale;
    const [row, column] = [Math.floor(block / blocksPerRow), block % blocksPerRow];
    zeroPoints[row * Math.ceil(blocksPerRow / 2) + (column >> 1)] += zeroPoint * 16 ** (column % 2);
    for (const [i, weight] of part.entries()) {
      const code = Math.min(15, Math.max(0, nearestEven(weight / scale) + zeroPoint));
      packed[(block * blockSize + i) >> 1] += code * 16 ** (i % 2);
    }
  }
  return symmetric ? { packed, scales } : { packed, scales, zeroPoints };
}

function nearestEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Σ(w − q·scale)² of each block, in float64. */
function blockErrors(weights: Float32Array, blocks: Int4Blocks, options: Int4Options): number[] {
  const errors = Array.from(blocks.scales, () => 0);
  forEachCode(blocks, options, (i, code, zeroPoint, scale) => {
    errors[Math.floor(i / options.blockSize)] += (weights[i] - (code - zeroPoint) * scale) ** 2;
  });
  return errors;
}

/** No other of the sixteen codes is nearer. */
function expectNearest(weights: Float32Array, blocks: Int4Blocks, options: Int4Options): void {
  forEachCode(blocks, options, (i, code, zeroPoint, scale) => {
    const distances = Array.from({ length: 16 }, (_, other) =>
      Math.abs(weights[i] - (other - zeroPoint) * scale),
    );
    expect(distances[code]).toBeLessThanOrEqual(Math.min(...distances) * (1 + 1e-9));
  });
}

function forEachCode(
  { packed, scales, zeroPoints }: Int4Blocks,
  { cols, blockSize }: Int4Options,
  visit: (i: number, code: number, zeroPoint: number, scale: number) => void,
): void {
  const bytesPerRow = Math.ceil(cols / blockSize / 2);
  for (let i = 0; i < packed.length * 2; i++) {
    const [row, column] = [Math.floor(i / cols), Math.floor((i % cols) / blockSize)];
    const byte = zeroPoints?.[row * bytesPerRow + (column >> 1)] ?? 0x88;
    const zeroPoint = (byte >> (4 * (column % 2))) & 15;
    visit(i, (packed[i >> 1] >> (4 * (i % 2))) & 15, zeroPoint, scales[Math.floor(i / blockSize)]);
  }
}

it.each([
  [{ scaleDtype: "float16" }, 'encodeInt4: expected scaleDtype of f32, f16, bf16, got "float16"'],
  [{ method: "hqq" }, 'encodeInt4: expected method of search, rtn, got "hqq"'],
])("encodeInt4 refuses %o", (option, message) => {
  const options = { cols: 32, blockSize: 32, ...option } as never;
  expect(() => encodeInt4(new Float32Array(32), options)).toThrow(message);
});
