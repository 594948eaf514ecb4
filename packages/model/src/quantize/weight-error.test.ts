import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { weightError } from "./weight-error.ts";

async function* pieces(values: Float32Array, lengths: readonly number[]) {
  let start = 0;
  for (const length of [...lengths, values.length]) {
    yield values.subarray(start, start + length);
    start += length;
  }
}
const whole = (...values: number[]) => pieces(Float32Array.from(values), []);

describe("weightError", () => {
  it("is what was worked out by hand", async () => {
    // errors 0, -1, 0.5: sqrt(1.25) / sqrt(9 + 16) = 0.2236
    const error = await weightError("w", whole(3, -4, 0), whole(3, -3, -0.5));
    expect(error).toEqual({
      name: "w",
      relativeError: expect.closeTo(0.223607, 6) as number,
      maxError: 1,
    });
  });

  it("is 0 for zeros that stay zeros", async () => {
    expect(await weightError("w", whole(0, 0), whole(0, 0))).toEqual({
      name: "w",
      relativeError: 0,
      maxError: 0,
    });
  });

  it("does not depend on how the matrices are cut", async () => {
    const lengths = fc.array(fc.nat(9), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), lengths, lengths, async (count, a, b) => {
        const before = Float32Array.from({ length: count }, (_, i) => Math.sin(1.3 * i + 1));
        const after = before.map((value) => Math.round(8 * value) / 8);
        const expected = await weightError("w", pieces(before, []), pieces(after, []));
        expect(await weightError("w", pieces(before, a), pieces(after, b))).toEqual(expected);
      }),
    );
  });

  it("refuses matrices of different sizes, and ends both", async () => {
    let isEnded = false;
    async function* endless() {
      try {
        for (;;) yield Float32Array.of(1);
      } finally {
        isEnded = true;
      }
    }
    await expect(weightError("w", whole(1, 2), endless())).rejects.toThrow("more values");
    expect(isEnded).toBe(true);
    await expect(weightError("w", whole(1, 2, 3), whole(1, 2))).rejects.toThrow("fewer values");
  });
});
