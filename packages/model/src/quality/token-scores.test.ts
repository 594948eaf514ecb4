import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../sampling/random.ts";
import { createTokenScoreSum } from "./token-scores.ts";

const logProbs = (...probabilities: number[]): Float32Array =>
  Float32Array.from(probabilities, Math.log);

describe("the scores of two models", () => {
  it("of a worked example are those of a calculator", () => {
    const sum = createTokenScoreSum();
    sum.add(logProbs(0.5, 0.25, 0.25), logProbs(0.5, 0.25, 0.25), 1);
    sum.add(logProbs(0.5, 0.5, 0), logProbs(0.25, 0.75, 0), 0);
    const { predictions, perplexity, klDivergence, top1Agreement } = sum.result();
    expect(predictions).toBe(2);
    // exp((log 4 + log 2) / 2) = √8, exp((log 4 + log 4) / 2) = 4
    expect(perplexity).toEqual({ a: expect.closeTo(Math.sqrt(8), 6), b: expect.closeTo(4, 6) });
    // 0 and ½·log(4/3) = 0.143841; rank 0.99 of two is 0.99 of the way
    expect(klDivergence).toEqual({
      mean: expect.closeTo(0.0719205, 6),
      median: expect.closeTo(0.0719205, 6),
      p99: expect.closeTo(0.1424026, 6),
      max: expect.closeTo(0.143841, 6),
    });
    // The second: token 0 (the lowest of two equals) against token 1.
    expect(top1Agreement).toBe(0.5);
  });

  it("of a uniform distribution have the size of the vocabulary as perplexity", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), (V, seed) => {
        const sum = createTokenScoreSum();
        const nextId = seed % V;
        sum.add(new Float32Array(V).fill(7), new Float32Array(V), nextId);
        expect(sum.result().perplexity.a).toBeCloseTo(V, 6);
        expect(sum.result().perplexity.b).toBeCloseTo(V, 6);
      }),
    );
  });

  it("of a model with itself are full agreement, no divergence and one perplexity", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        (V, T, seed) => {
          const random = createRandom(seed);
          const sum = createTokenScoreSum();
          for (let t = 0; t < T; t++) {
            const logits = Float32Array.from({ length: V }, () => random.next() * 6);
            sum.add(logits, logits, t % V);
          }
          const { perplexity, klDivergence, top1Agreement } = sum.result();
          expect(top1Agreement).toBe(1);
          expect(klDivergence).toEqual({ mean: 0, median: 0, p99: 0, max: 0 });
          expect(perplexity.a).toBe(perplexity.b);
        },
      ),
    );
  });

  it("name the model whose logits are no distribution", () => {
    const sum = createTokenScoreSum();
    expect(() => sum.add(Float32Array.of(0), Float32Array.of(NaN), 0)).toThrow(
      "compareModels: expected finite logits from B, got NaN or infinite ones",
    );
  });
});
