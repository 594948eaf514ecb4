import {
  decodeFourBit,
  encodeFourBit,
  encodeInt4,
  encodeInt8Rows,
  quantizeAbsmax,
  restoreAbsmax,
  runJob,
  type QuantJob,
  type QuantPool,
} from "@baichuan2/quant";
import { expect, it } from "vitest";
import type { StoredLinear } from "../checkpoint/quantized/stored-linear.ts";
import { int4Defaults, quantizeLinear } from "./quantize-linear.ts";
import { decodedChunks, storedChunks } from "./stored-linear-chunks.ts";

/** Works on this thread. */
const pool = {
  async *map(jobs: AsyncIterable<QuantJob>) {
    for await (const job of jobs) yield runJob(job);
  },
} as unknown as Pick<QuantPool, "map">;

function weights(O: number, C: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: O * C }, (_, i) => Math.sin(i * 12.9898) * (1 + (i % 7)));
}

/** In pieces of 64 rows, as a checkpoint gives them. */
async function* pieces(values: Float32Array<ArrayBuffer>, C: number) {
  const step = 64 * C;
  for (let start = 0; start < values.length; start += step)
    yield { values: values.slice(start, start + step), dtype: "f32" } as const;
}

const linearOf = (O: number, C: number) => {
  const values = weights(O, C);
  return { name: "w", shape: [O, C], rows: pieces(values, C) } as const;
};

async function decoded(linear: StoredLinear): Promise<number[]> {
  const values: number[] = [];
  for await (const chunk of decodedChunks(linear, undefined))
    values.push(...(chunk["values"] as Float32Array));
  return values;
}

it("NF4 in pieces equals NF4 of the whole matrix, also where blocks cross rows", async () => {
  const [O, C] = [150, 50];
  const linear = await quantizeLinear(linearOf(O, C), { format: "nf4" }, pool);
  const whole = encodeFourBit(weights(O, C));
  const absmax = restoreAbsmax(quantizeAbsmax(whole.absmax));
  if (linear.format !== "nf4") return expect.unreachable();
  expect(await linear.readPacked()).toEqual(whole.packed);
  expect(await linear.readAbsmax()).toEqual(absmax);
  const exact = decodeFourBit({ packed: whole.packed, absmax }, { count: O * C });
  expect(await decoded(linear)).toEqual([...exact]);
});

it("int8 in pieces equals int8 of the whole matrix", async () => {
  const [O, C] = [130, 20];
  const linear = await quantizeLinear(linearOf(O, C), { format: "int8" }, pool);
  const { CB, SCB } = encodeInt8Rows(weights(O, C), C);
  for await (const chunk of storedChunks(linear, undefined)) expect(chunk).toEqual({ CB, SCB });
  expect((await decoded(linear))[7]).toBeCloseTo(((CB[7] ?? 0) * (SCB[0] ?? 0)) / 127, 5);
});

it.each([true, false])(
  "int4 in pieces equals int4 of the whole matrix (symmetric: %s)",
  async (symmetric) => {
    const [O, C] = [70, 96];
    const options = { ...int4Defaults, blockSize: 32, symmetric } as const;
    const linear = await quantizeLinear(linearOf(O, C), options, pool);
    const whole = encodeInt4(weights(O, C), { cols: C, ...options });
    for await (const chunk of storedChunks(linear, undefined)) expect(chunk).toEqual({ ...whole });
    const rms = (values: ArrayLike<number>) =>
      Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
    const before = weights(O, C);
    const after = await decoded(linear);
    expect(rms(before.map((value, i) => value - (after[i] ?? NaN)))).toBeLessThan(
      0.12 * rms(before),
    );
  },
);
