import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DraftPolicy, type DraftStep } from "./draft-policy.ts";
import { uniform } from "./random.ts";
import { StepCost } from "./step-cost.ts";

interface World {
  readonly tokens: number;
  /** Seconds of a step of `rows` rows when `done` tokens are there; a plain one takes about 1. */
  readonly cost: (rows: number, done: number) => number;
  /** Probability that a guess is right. */
  readonly rate: (done: number) => number;
  /** Share of the steps with a guess at hand. */
  readonly offered?: number;
  /** Times vary by this share. */
  readonly noise?: number;
  readonly seed?: number;
  readonly policy?: DraftPolicy;
}

interface Outcome {
  /** Time of plain decoding over the time taken. */
  readonly speedup: number;
  readonly steps: readonly DraftStep[];
}

/** Decodes a text of chance; nothing here waits. */
function simulate(world: World): Outcome {
  const {
    tokens,
    cost,
    rate,
    offered = 1,
    noise = 0,
    seed = 1,
    policy = new DraftPolicy(),
  } = world;
  const steps: DraftStep[] = [];
  let draw = 0;
  const next = () => uniform(seed, 0, draw++);
  let done = 0;
  let time = 0;
  let plainTime = 0;
  while (done < tokens) {
    const drafted = policy.choose(next() < offered ? 8 : 0);
    let accepted = 0;
    while (accepted < drafted && next() < rate(done)) accepted++;
    const seconds = cost(1 + drafted, done) * (1 + noise * (2 * next() - 1));
    const step = { drafted, accepted, seconds };
    policy.record(step);
    steps.push(step);
    time += seconds;
    plainTime += (1 + accepted) * cost(1, done);
    done += 1 + accepted;
  }
  return { speedup: plainTime / time, steps };
}

/** Each further row costs a share of a step. */
const sloped = (slope: number) => (rows: number) => 1 + slope * (rows - 1);
const seeds = Array.from({ length: 20 }, (_, index) => index);

/** A policy that has seen plain steps of one second each. */
function warm(plainSteps: number, stepCost = new StepCost()): DraftPolicy {
  const policy = new DraftPolicy({ stepCost });
  for (let step = 0; step < plainSteps; step++) {
    policy.record({ drafted: 0, accepted: 0, seconds: 1 });
  }
  return policy;
}

describe("choose", () => {
  it("is plain until three plain steps were measured, and without a guess", () => {
    const policy = warm(2);
    expect(policy.choose(8)).toBe(0);
    policy.record({ drafted: 0, accepted: 0, seconds: 1 });
    expect(policy.choose(0)).toBe(0);
  });

  it("starts with one guess, as soon as the loss of a whole step can be paid", () => {
    // unmeasured, a row may cost a step: 0.9 + 0.02 * steps >= 1 from the fifth on
    expect(warm(4).choose(8)).toBe(0);
    expect(warm(5).choose(8)).toBe(1);
  });

  it("takes the draft with the most tokens for the time", () => {
    const stepCost = new StepCost();
    for (let rows = 1; rows <= 9; rows++) stepCost.record(rows, sloped(0.25)(rows));
    const policy = warm(200, stepCost);
    // half of the guesses are right: (1 + 0.5) / 1.25 = 1.2, 1.75 / 1.5 = 1.17, 1.875 / 1.75 = 1.07
    expect(policy.acceptanceRate).toBe(0.5);
    expect(policy.choose(8)).toBe(1);
    for (let step = 0; step < 20; step++) policy.record({ drafted: 1, accepted: 1, seconds: 1.25 });
    // nearly all are right: about 9 / 3, more than any shorter draft
    expect(policy.acceptanceRate).toBeGreaterThan(0.9);
    expect(policy.choose(8)).toBeGreaterThanOrEqual(5);
    expect(policy.choose(2)).toBe(2);
  });

  it("shares measurements between sequences", () => {
    const stepCost = new StepCost();
    stepCost.record(9, 1.1);
    // a row costs 0.0125, so five guesses at rate 0.5 give 1.969 / 1.0625 = 1.853; six 1.984 / 1.075 = 1.846
    expect(warm(5, stepCost).choose(8)).toBe(5);
    expect(warm(5).choose(8)).toBe(1);
  });

  it("measures a plain step again after 32 drafts", () => {
    const { steps } = simulate({ tokens: 2000, cost: sloped(0.05), rate: () => 1 });
    let inARow = 0;
    let longest = 0;
    for (const { drafted } of steps) {
      inARow = drafted > 0 ? inARow + 1 : 0;
      longest = Math.max(longest, inARow);
    }
    expect(longest).toBe(32);
  });
});

describe("record", () => {
  it("counts the guesses up to the first wrong one", () => {
    const policy = warm(5);
    policy.record({ drafted: 4, accepted: 1, seconds: 2 });
    // trials 2 -> 2.84 -> 3.6128, successes 1 -> 1.92 -> 1.7664
    expect(policy.acceptanceRate).toBeCloseTo(1.7664 / 3.6128, 12);
  });

  it("gives the same drafts for the same steps", () => {
    const world = { tokens: 300, cost: sloped(0.25), rate: () => 0.6, noise: 0.1, offered: 0.7 };
    expect(simulate(world)).toEqual(simulate(world));
  });
});

describe("a simulated text", () => {
  it.each(seeds)("that repeats itself is at least 1.5 times as fast (seed %i)", (seed) => {
    const world = { tokens: 400, cost: sloped(0.25), rate: () => 0.85, noise: 0.05, seed };
    expect(simulate(world).speedup).toBeGreaterThan(1.5);
  });

  it.each(seeds)(
    "that no guess fits is at least 0.97 as fast from 100 tokens on (seed %i)",
    (seed) => {
      for (const tokens of [100, 150, 400, 2000]) {
        const world = { tokens, cost: sloped(0.25), rate: () => 0, seed };
        expect(simulate(world).speedup).toBeGreaterThan(0.97);
      }
    },
  );

  it("of any kind on any machine is at least 0.97 as fast", () => {
    fc.assert(
      fc.property(
        fc.record({
          tokens: fc.integer({ min: 100, max: 1500 }),
          slope: fc.double({ min: 0, max: 2.5, noNaN: true }),
          rate: fc.double({ min: 0, max: 1, noNaN: true }),
          offered: fc.double({ min: 0.05, max: 1, noNaN: true }),
          seed: fc.nat(),
        }),
        ({ slope, rate, ...world }) => {
          const { speedup } = simulate({ ...world, cost: sloped(slope), rate: () => rate });
          expect(speedup).toBeGreaterThan(0.97);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(seeds)("measured with noise is at least 0.96 as fast (seed %i)", (seed) => {
    for (const rate of [0, 0.2, 0.35]) {
      const world = { tokens: 500, cost: sloped(0.25), rate: () => rate, noise: 0.15, seed };
      expect(simulate(world).speedup).toBeGreaterThan(0.96);
    }
  });

  it.each(seeds)("that starts to repeat itself late is noticed (seed %i)", (seed) => {
    const policy = new DraftPolicy();
    const world = { cost: sloped(0.25), seed, policy };
    simulate({ ...world, tokens: 500, rate: () => 0.02 });
    expect(simulate({ ...world, tokens: 500, rate: () => 0.9 }).speedup).toBeGreaterThan(1.4);
  });

  it.each(seeds)("that stops to repeat itself loses little of what it won (seed %i)", (seed) => {
    const policy = new DraftPolicy();
    const world = { cost: sloped(0.25), seed, policy };
    simulate({ ...world, tokens: 500, rate: () => 0.9 });
    const rest = simulate({ ...world, tokens: 500, rate: () => 0.02 });
    // ten steps of savings and 2 % of 500
    expect(rest.speedup).toBeGreaterThan(500 / 521);
  });

  it.each(seeds)("with steps that grow with the context is still faster (seed %i)", (seed) => {
    const cost = (rows: number, done: number) => (1 + done / 500) * sloped(0.25)(rows);
    const world = { tokens: 1500, cost, noise: 0.05, seed };
    expect(simulate({ ...world, rate: () => 0.85 }).speedup).toBeGreaterThan(1.5);
    expect(simulate({ ...world, rate: () => 0 }).speedup).toBeGreaterThan(0.97);
  });

  it("on a machine where the second row is dear and the others are free finds the long drafts", () => {
    const cost = (rows: number) => (rows === 1 ? 1 : 1.6 + 0.02 * rows);
    for (const seed of seeds) {
      expect(simulate({ tokens: 600, cost, rate: () => 0.85, seed }).speedup).toBeGreaterThan(1.8);
    }
  });

  it("recovers from a first draft that something else slowed down", () => {
    let isFirst = true;
    const cost = (rows: number) => {
      if (rows === 1 || !isFirst) return sloped(0.25)(rows);
      isFirst = false;
      return 3;
    };
    const policy = new DraftPolicy();
    simulate({ tokens: 700, cost, rate: () => 0.9, policy });
    expect(simulate({ tokens: 300, cost, rate: () => 0.9, policy }).speedup).toBeGreaterThan(1.5);
  });
});
