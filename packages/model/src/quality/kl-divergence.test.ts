import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../sampling/random.ts";
import { klDivergence } from "./kl-divergence.ts";

const logProbs = (...probabilities: number[]): Float32Array =>
  Float32Array.from(probabilities, Math.log);

describe("the KL divergence", () => {
  it("of a worked example is the mean cost of the wrong distribution", () => {
    // ½·log(½ / ¼) + ½·log(½ / ¾) = ½·log(4/3) = 0.143841
    expect(klDivergence(logProbs(0.5, 0.5), logProbs(0.25, 0.75))).toBeCloseTo(0.143841, 6);
    // ¼·log(¼ / ½) + ¾·log(¾ / ½) = 0.130812: it is not symmetric
    expect(klDivergence(logProbs(0.25, 0.75), logProbs(0.5, 0.5))).toBeCloseTo(0.130812, 6);
  });

  it("does not care for a token that the reference excludes, and is infinite for the reverse", () => {
    expect(klDivergence(logProbs(1, 0), logProbs(0.5, 0.5))).toBeCloseTo(Math.log(2), 6);
    expect(klDivergence(logProbs(0.5, 0.5), logProbs(1, 0))).toBe(Infinity);
  });

  it("is never negative, 0 of a distribution from itself, and blind to a common offset", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (V, seed) => {
        const random = createRandom(seed);
        const draw = (): Float32Array => Float32Array.from({ length: V }, () => random.next() * 8);
        const [a, b] = [draw(), draw()];
        const divergence = klDivergence(a, b);
        expect(divergence).toBeGreaterThanOrEqual(0);
        expect(klDivergence(a, a)).toBe(0);
        // Adding 16 rounds a float32 by up to 2^-20.
        expect(
          klDivergence(
            a,
            b.map((logit) => logit + 16),
          ),
        ).toBeCloseTo(divergence, 4);
      }),
    );
  });
});
