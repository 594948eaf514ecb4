import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LogitsError } from "./logits-error.ts";
import { createRandom, uniform } from "./random.ts";
import { createSampler, type Sampler, type SamplerOptions } from "./sampler.ts";
import { TokenHistory } from "./token-history.ts";

const plain: SamplerOptions = {
  doSample: true,
  temperature: 1,
  topK: 0,
  topP: 1,
  repetitionPenalty: 1,
};
const chat: SamplerOptions = {
  doSample: true,
  temperature: 0.3,
  topK: 5,
  topP: 0.85,
  repetitionPenalty: 1.05,
};
const nothing = new TokenHistory();

function randomLogits(size: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: size }, () => (random.next() - 0.5) * 16);
}

describe("distribution", () => {
  it("gives a worked example through all filters", () => {
    const sampler = createSampler({
      doSample: true,
      repetitionPenalty: 2,
      temperature: 0.5,
      topK: 3,
      topP: 0.9,
    });
    // id 0 occurred: 4 / 2 = 2. Over T: [4, 6, 2, -2, 3]. Top 3: 4, 6, 3.
    // Softmax of 6, 4, 3: 0.8438, 0.1142, 0.0420. Mass above 3 is 0.958 >= 0.9: 3 goes.
    // Left: 1 / (1 + e^-2) = 0.880797
    const { tokenIds, probabilities } = sampler.distribution(
      Float32Array.of(4, 3, 1, -1, 1.5),
      new TokenHistory([0]),
    );
    expect([...tokenIds]).toEqual([0, 1]);
    expect(probabilities[0]).toBeCloseTo(0.119203, 6);
    expect(probabilities[1]).toBeCloseTo(0.880797, 6);
  });

  it("runs min-p after top-p", () => {
    const scores = Float32Array.from([0.4, 0.3, 0.2, 0.1].map(Math.log));
    const kept = (options: Partial<SamplerOptions>) => [
      ...createSampler({ ...plain, ...options }).distribution(scores, nothing).tokenIds,
    ];
    expect(kept({ minP: 0.4 })).toEqual([0, 1, 2]);
    expect(kept({ minP: 0.4, topP: 0.5 })).toEqual([0, 1]);
    expect(kept({ minP: 0 })).toEqual([0, 1, 2, 3]);
  });

  it("runs typical-p after min-p", () => {
    const scores = Float32Array.from([0.5, 0.25, 0.125, 0.125].map(Math.log));
    const kept = (options: Partial<SamplerOptions>) => [
      ...createSampler({ ...plain, ...options }).distribution(scores, nothing).tokenIds,
    ];
    // whole: entropy 1.213, id 1 (surprise 1.386) is nearest; of 2/3 and 1/3 it is id 0 (see typical-p.test.ts)
    expect(kept({ typicalP: 0.2 })).toEqual([1]);
    expect(kept({ typicalP: 0.2, minP: 0.4 })).toEqual([0]);
    expect(kept({ typicalP: 1 })).toEqual([0, 1, 2, 3]);
  });

  it("runs bias, repetition penalty, output penalties, others and n-gram filter in this order", () => {
    const history = new TokenHistory([0]);
    history.push(1);
    history.push(0);
    const seen: number[][] = [];
    const sampler = createSampler(
      {
        ...plain,
        logitBias: { 0: 2 },
        repetitionPenalty: 2,
        presencePenalty: 1,
        frequencyPenalty: 0.5,
        noRepeatNgramSize: 2,
      },
      { processors: [(scores) => seen.push([...scores])] },
    );
    const { tokenIds } = sampler.distribution(Float32Array.of(4, 3, 1), history);
    // id 0: (4 + 2) / 2 - 1 - 0.5; id 1: 3 / 2 - 1 - 0.5, and it followed id 0 before; id 2 is new
    expect(seen).toEqual([[1.5, 0, 1]]);
    expect([...tokenIds]).toEqual([0, 2]);
  });

  it("is the best id with certainty when greedy", () => {
    const sampler = createSampler({ ...chat, doSample: false });
    const { tokenIds, probabilities } = sampler.distribution(Float32Array.of(1, 3, 2), nothing);
    expect([...tokenIds]).toEqual([1]);
    expect([...probabilities]).toEqual([1]);
  });

  it("sums to 1 over ascending ids for any setting", () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.integer({ min: 0, max: 9999 }),
          size: fc.integer({ min: 8, max: 2000 }), // more ids than the n-gram filter may forbid
          temperature: fc.constantFrom(0.01, 0.3, 1, 2, 100),
          topK: fc.integer({ min: 0, max: 100 }),
          topP: fc.double({ min: 0.001, max: 1, noNaN: true }),
          minP: fc.constantFrom(0, 0.05, 1),
          typicalP: fc.constantFrom(0.1, 0.95, 1),
          presencePenalty: fc.constantFrom(-2, 0, 1.5),
          frequencyPenalty: fc.constantFrom(-2, 0, 1.5),
          noRepeatNgramSize: fc.constantFrom(0, 2, 3),
          repetitionPenalty: fc.constantFrom(0.9, 1, 1.3),
        }),
        ({ seed, size, ...options }) => {
          const logits = randomLogits(size, seed);
          const history = new TokenHistory([0, Math.floor(size / 2)]);
          history.push(size - 1);
          const sampler = createSampler({ doSample: true, ...options });
          const { tokenIds, probabilities } = sampler.distribution(logits, history);
          expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
          expect(tokenIds).toEqual(tokenIds.toSorted());
          expect(tokenIds.length).toBe(probabilities.length);
        },
      ),
    );
  });
});

describe("sample", () => {
  it("is greedy after the repetition penalty without doSample", () => {
    const sampler = createSampler({ ...chat, doSample: false, repetitionPenalty: 1.5 });
    const logits = Float32Array.of(3, 2.5, -1);
    expect(sampler.sample(logits, nothing)).toBe(0);
    expect(sampler.sample(logits, new TokenHistory([0]))).toBe(1);
  });

  it("takes the lowest id of equal scores when greedy", () => {
    const sampler = createSampler({ ...plain, doSample: false });
    expect(sampler.sample(Float32Array.of(1, 5, 5), nothing)).toBe(1);
  });

  it("gives the same ids again for the same seed, also a seed it chose itself", () => {
    fc.assert(
      fc.property(fc.option(fc.integer({ min: 0, max: 0xffff_ffff })), (chosen) => {
        const logits = randomLogits(100, 3);
        const run = (seed: number | undefined) => {
          const sampler = createSampler({ ...plain, seed });
          const drawn = Array.from({ length: 20 }, () => sampler.sample(logits, nothing));
          return { seed: sampler.seed, drawn };
        };
        const first = run(chosen ?? undefined);
        expect(run(first.seed)).toEqual(first);
        if (chosen !== null) expect(first.seed).toBe(chosen);
      }),
      { numRuns: 20 },
    );
  });

  it("draws differently without a seed", () => {
    const logits = new Float32Array(1000);
    const drawn = Array.from({ length: 4 }, () => {
      const sampler = createSampler(plain);
      return Array.from({ length: 10 }, () => sampler.sample(logits, nothing)).join();
    });
    expect(new Set(drawn).size).toBe(4);
  });

  it.each([1, 2, 3])("draws ids as often as the distribution says (seed %i)", (seed) => {
    const logits = randomLogits(40, 11);
    const sampler = createSampler({ ...plain, temperature: 4, topK: 20, seed });
    const { tokenIds, probabilities } = sampler.distribution(logits, nothing);
    const draws = 20_000;
    const counts = new Map<number, number>();
    for (let draw = 0; draw < draws; draw++) {
      const id = sampler.sample(logits, nothing);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([...tokenIds]);
    const chiSquare = [...tokenIds].reduce((sum, id, index) => {
      const expected = probabilities[index]! * draws;
      return sum + ((counts.get(id) ?? 0) - expected) ** 2 / expected;
    }, 0);
    // 19 degrees of freedom: 43.8 is exceeded once in a thousand; seeds are fixed
    expect(chiSquare).toBeLessThan(43.8);
  });

  it("draws the n-th id with the n-th number of its seed and choice", () => {
    const size = 1000;
    const sampler = createSampler({ ...plain, seed: 9, choice: 3 });
    const drawn = Array.from({ length: 5 }, () => sampler.sample(new Float32Array(size), nothing));
    expect(drawn).toEqual([0, 1, 2, 3, 4].map((at) => Math.floor(uniform(9, 3, at) * size)));
  });

  it("goes on in another stream after a fork, as if it had always been that choice", () => {
    const logits = randomLogits(500, 4);
    const drawn = (sampler: Sampler, count: number) =>
      Array.from({ length: count }, () => sampler.sample(logits, nothing));
    const first = createSampler({ ...plain, seed: 8 });
    const second = createSampler({ ...plain, seed: 8, choice: 2 });
    drawn(first, 4);
    drawn(second, 4);
    const fork = first.fork(2);
    expect(fork.seed).toBe(8);
    const rest = drawn(fork, 10);
    expect(rest).toEqual(drawn(second, 10));
    expect(rest).not.toEqual(drawn(first, 10));
  });

  it("lets a caller's processors have the last word, greedy or not, and a fork bring its own", () => {
    const forbid = (id: number) => ({
      processors: [(scores: Float32Array) => void (scores[id] = -Infinity)],
    });
    for (const doSample of [true, false]) {
      const options = { ...chat, doSample, logitBias: { 1: 100 } };
      const sampler = createSampler(options, forbid(1));
      const logits = Float32Array.of(50, 60, -90);
      expect(sampler.sample(logits, nothing)).toBe(0);
      expect(sampler.fork(1).sample(logits, nothing)).toBe(0);
      expect(sampler.fork(1, forbid(0)).sample(logits, nothing)).toBe(1);
    }
  });

  it("refuses when a caller's processor forbids every id", () => {
    const processors = [(scores: Float32Array) => void scores.fill(-Infinity)];
    for (const doSample of [true, false]) {
      const sampler = createSampler({ ...plain, doSample }, { processors });
      expect(() => sampler.sample(Float32Array.of(1, 2), nothing)).toThrow(LogitsError);
    }
  });

  it("leaves the logits unchanged", () => {
    const logits = Float32Array.of(1, 2, 3, 4);
    createSampler({ ...chat, topK: 2 }).sample(logits, new TokenHistory([1, 3]));
    expect([...logits]).toEqual([1, 2, 3, 4]);
  });

  it("serves samplers of different vocabulary sizes in turns", () => {
    const small = createSampler({ ...chat, seed: 1 });
    const large = createSampler({ ...chat, seed: 1 });
    for (let step = 0; step < 3; step++) {
      expect(small.sample(Float32Array.of(0, 9), nothing)).toBe(1);
      expect(large.sample(Float32Array.of(0, 1, 2, 99), nothing)).toBe(3);
    }
  });

  it.each([true, false])("names the id of a logit that is no number (doSample %s)", (doSample) => {
    const sampler = createSampler({ ...chat, doSample });
    const sample = () => sampler.sample(Float32Array.of(1, NaN, 2), nothing);
    expect(sample).toThrow(LogitsError);
    expect(sample).toThrow("sample: expected finite logits, got NaN for id 1");
    expect(() => sampler.sample(Float32Array.of(Infinity), nothing)).toThrow("Infinity for id 0");
  });

  it.each([true, false])("refuses logits that forbid every id (doSample %s)", (doSample) => {
    const sampler = createSampler({ ...chat, doSample });
    const sample = () => sampler.sample(Float32Array.of(-Infinity, -Infinity), nothing);
    expect(sample).toThrow(expect.objectContaining({ code: "ERR_LOGITS" }));
  });

  it("refuses scores that a filter made overflow", () => {
    const sampler = createSampler({ ...chat, temperature: 1e-5 });
    expect(() => sampler.sample(Float32Array.of(1e38, 1), nothing)).toThrow(LogitsError);
  });
});
