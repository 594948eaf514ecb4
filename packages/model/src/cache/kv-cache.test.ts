import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KvCacheFullError } from "./kv-cache-full-error.ts";
import { KvCache, type KvCacheOptions } from "./kv-cache.ts";
import type { PrefixUnits } from "./prefix-units.ts";
import type { Sequence } from "./sequence.ts";

/** One number a slot and layer: thousands of slots are cheap. */
const shape = { numHiddenLayers: 2, numAttentionHeads: 1, headDim: 1 };

/** What a network would give for the last of some tokens: depends on all of them, and on the layer. */
function rowOf(tokenIds: readonly number[], layer: number): number {
  return tokenIds.reduce((sum, id) => (sum * 31 + id + 1) % 65_521, layer + 7);
}

/** Runs new tokens as the decoder does. */
function run(cache: KvCache, batch: readonly { sequence: Sequence; tokenIds: number[] }[]): void {
  for (const item of cache.reserve(batch).items)
    cache.commit(item, (slots) => {
      for (const layer of [0, 1]) {
        const known = item.state.tokenIds;
        const values = item.tokenIds.map((_, t) =>
          rowOf([...known, ...item.tokenIds.slice(0, t + 1)], layer),
        );
        const keys = Float32Array.from(values);
        cache.pool.store(layer, slots, { keys, values: keys.map((key) => -key) });
      }
    });
}

/** Sequences hold what was computed from their own tokens, and every slot in use has an owner. */
function expectSound(cache: KvCache, sequences: readonly Sequence[]): void {
  for (const sequence of sequences) {
    const { tokenIds, slots } = sequence;
    expect(slots).toHaveLength(tokenIds.length);
    for (const layer of [0, 1]) {
      const { keys, values } = cache.read(sequence, layer, 0, tokenIds.length);
      const expected = tokenIds.map((_, t) => rowOf(tokenIds.slice(0, t + 1), layer));
      expect([...keys]).toEqual(expected);
      expect([...values]).toEqual(expected.map((key) => -key));
    }
  }
  const held = new Set(sequences.flatMap(({ slots }) => slots));
  const { usedSlots, cachedOnlySlots, maxSlots } = cache.stats;
  expect(usedSlots).toBe(held.size + cachedOnlySlots);
  expect(usedSlots).toBeLessThanOrEqual(maxSlots);
}

type Step =
  | { readonly kind: "run"; readonly who: readonly number[]; readonly tokenIds: number[] }
  | {
      readonly kind: "abandon" | "fork" | "free" | "remember" | "adopt" | "restore";
      readonly who: number;
    }
  | { readonly kind: "rollback"; readonly who: number; readonly share: number }
  | { readonly kind: "evict"; readonly count: number };

/** @param longest - Tokens of a run; few different ids, so that beginnings are often shared. */
const steps = (longest: number): fc.Arbitrary<Step[]> => {
  const who = fc.nat({ max: 5 });
  const tokenIds = fc.array(fc.nat({ max: 1 }), { minLength: 1, maxLength: longest });
  const kinds = ["abandon", "fork", "free", "remember", "adopt", "restore"] as const;
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("run" as const),
        who: fc.uniqueArray(who, { minLength: 1, maxLength: 3 }),
        tokenIds,
      }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom(...kinds), who }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("rollback" as const),
        who,
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("evict" as const), count: fc.nat(9) }) },
  );
  return fc.array(step, { maxLength: 60, size: "max" });
};

/** A cache with six sequences, to which anything may be done. */
class Play {
  readonly cache: KvCache;
  readonly isOneByOne: boolean;
  readonly sequences: Sequence[];

  constructor(options: KvCacheOptions) {
    this.cache = new KvCache(shape, options);
    this.isOneByOne = options.wholeChunks !== undefined;
    this.sequences = Array.from({ length: 6 }, () => this.cache.createSequence());
  }

  do(step: Step): void {
    if (step.kind === "run") return this.#run(step);
    if (step.kind === "evict") return void this.cache.evict(step.count);
    const sequence = this.sequences[step.who] as Sequence;
    switch (step.kind) {
      case "abandon":
        return this.#tolerateFull(() =>
          this.cache.abandon(this.cache.reserve([{ sequence, tokenIds: [1, 1, 1] }])),
        );
      case "fork": {
        const place = (step.who + 1) % 6;
        this.cache.free(this.sequences[place] as Sequence);
        this.sequences[place] = this.cache.fork(sequence);
        return;
      }
      case "free":
        this.cache.free(sequence);
        return this.cache.free(sequence); // again: harmless
      case "restore":
        return this.#restore(step.who, this.sequences[(step.who + 1) % 6] as Sequence);
      case "remember":
        return this.cache.remember(sequence);
      case "rollback":
        return this.cache.rollback(sequence, Math.floor(step.share * sequence.slots.length));
      case "adopt": {
        const { tokenIds } = this.sequences[(step.who + 1) % 6] as Sequence;
        this.cache.free(sequence);
        const length = this.cache.adopt(sequence, tokenIds);
        expect(sequence.tokenIds).toEqual(tokenIds.slice(0, length));
        expect(length).toBeLessThan(Math.max(1, tokenIds.length));
      }
    }
  }

  /** Puts a copy of a sequence in the place of another, as from a file. */
  #restore(place: number, { tokenIds }: Sequence): void {
    this.#tolerateFull(() => {
      const copy = this.cache.restore([...tokenIds]);
      for (const layer of [0, 1]) {
        const keys = Float32Array.from(tokenIds, (_, t) => rowOf(tokenIds.slice(0, t + 1), layer));
        this.cache.write(copy, layer, 0, { keys, values: keys.map((key) => -key) });
      }
      this.cache.free(this.sequences[place] as Sequence);
      this.sequences[place] = copy;
    });
  }

  #run({ who, tokenIds }: Extract<Step, { kind: "run" }>): void {
    const batch = (this.isOneByOne ? who.slice(0, 1) : who).map((index) => {
      return { sequence: this.sequences[index] as Sequence, tokenIds };
    });
    this.#tolerateFull(() => run(this.cache, batch));
  }

  /** Where there is no room nothing has changed. */
  #tolerateFull(work: () => void): void {
    const before = this.sequences.map(({ tokenIds }) => [...tokenIds]);
    try {
      work();
    } catch (error) {
      if (!(error instanceof KvCacheFullError)) throw error;
      expect(this.sequences.map(({ tokenIds }) => tokenIds)).toEqual(before);
    }
  }

  end(): void {
    for (const sequence of this.sequences) this.cache.free(sequence);
    this.cache.clear();
    expect(this.cache.stats).toMatchObject({ usedSlots: 0, cachedOnlySlots: 0 });
  }
}

const chunksOf = (size: number): PrefixUnits => ({
  next: (cut) => cut + size,
  floor: (length) => length - (length % size),
});

describe.each([
  ["a small cache", { maxSlots: 40, prefixCacheSlots: 15 }, 9],
  ["a cache that keeps nothing", { maxSlots: 40 }, 9],
  ["a large cache, whose slots are moved together", { maxSlots: 4000, prefixCacheSlots: 900 }, 400],
  [
    "a small cache in whole chunks",
    { maxSlots: 60, prefixCacheSlots: 20, wholeChunks: chunksOf(4) },
    9,
  ],
  [
    "a large cache in whole chunks",
    { maxSlots: 3000, prefixCacheSlots: 500, wholeChunks: chunksOf(64) },
    300,
  ],
] as const)("%s", (_name, options, longest) => {
  it("holds what was computed, whatever is done to it, and loses no slot", () => {
    fc.assert(
      fc.property(steps(longest), (list) => {
        const play = new Play(options);
        for (const step of list) {
          play.do(step);
          expectSound(play.cache, play.sequences);
        }
        play.end();
      }),
      { numRuns: longest > 100 ? 40 : 300 },
    );
  });
});

describe("slots", () => {
  it("of sequences far apart are moved together where that pays", () => {
    const cache = new KvCache(shape, { maxSlots: 5000 });
    const [first, between, last] = [1, 2, 3].map(() => cache.createSequence());
    if (!first || !between || !last) throw new Error("expected three sequences");
    const text = (length: number, id: number): number[] => Array.from({ length }, () => id);
    run(cache, [{ sequence: first, tokenIds: text(100, 1) }]);
    run(cache, [{ sequence: between, tokenIds: text(2000, 2) }]);
    run(cache, [{ sequence: last, tokenIds: text(100, 3) }]);
    const both = [first, last].map((sequence) => ({ sequence, tokenIds: [4] }));
    expect((last.slots[0] ?? 0) - (first.slots[0] ?? 0)).toBeGreaterThan(2000);
    const { window } = cache.reserve(both);
    expect(window.end - window.start).toBe(200);
    expectSound(cache, [first, between, last]);
  });

  it("are not given out beyond the limit, and remembered ones go first", () => {
    const cache = new KvCache(shape, { maxSlots: 10, prefixCacheSlots: 10 });
    const [one, two] = [cache.createSequence(), cache.createSequence()];
    run(cache, [{ sequence: one, tokenIds: [1, 2, 3, 4, 5, 6] }]);
    cache.remember(one);
    cache.free(one);
    expect(cache.stats).toMatchObject({ usedSlots: 6, cachedOnlySlots: 6 });
    run(cache, [{ sequence: two, tokenIds: [7, 7, 7, 7, 7, 7, 7] }]);
    expect(cache.stats).toMatchObject({ usedSlots: 10, cachedOnlySlots: 3 });
    expect(cache.adopt(one, [1, 2, 3, 4])).toBe(3);
    expect(() => run(cache, [{ sequence: two, tokenIds: [7] }])).toThrow(KvCacheFullError);
    expectSound(cache, [one, two]);
  });

  it("of a run that was cut off meanwhile take nothing up", () => {
    const cache = new KvCache(shape);
    const sequence = cache.createSequence();
    run(cache, [{ sequence, tokenIds: [1, 2, 3] }]);
    const [item] = cache.reserve([{ sequence, tokenIds: [4] }]).items;
    cache.rollback(sequence, 1);
    if (item) cache.commit(item, () => expect.fail("expected no rows to be stored"));
    expect(sequence.tokenIds).toEqual([1]);
    expectSound(cache, [sequence]);
  });

  it("that are no numbers are zeroed by scrub where nobody shares them; others stay", () => {
    const cache = new KvCache(shape);
    const sequence = cache.createSequence();
    run(cache, [{ sequence, tokenIds: [1, 2] }]);
    const fork = cache.fork(sequence);
    run(cache, [{ sequence, tokenIds: [3, 4] }]);
    const before = cache.read(sequence, 1, 0, 3);
    cache.scrub(sequence);
    expect(cache.read(sequence, 1, 0, 3)).toEqual(before);
    spoil(cache, sequence, 1);
    cache.scrub(sequence);
    const [shared, ...own] = cache.read(sequence, 1, 1, 4).keys;
    expect([shared, ...own]).toEqual([NaN, 0, 0]);
    cache.free(sequence);
    cache.scrub(fork);
    expect([...cache.read(fork, 1, 1, 2).keys]).toEqual([0]);
    cache.free(fork);
    expectSound(cache, []);
  });

  it("that are no numbers are no beginning of a later text", () => {
    const cache = new KvCache(shape, { prefixCacheSlots: 100 });
    const [one, two] = [cache.createSequence(), cache.createSequence()];
    for (const [sequence, tokenIds] of [
      [one, [1, 2, 3, 4]],
      [two, [1, 9]],
    ] as const) {
      cache.adopt(sequence, tokenIds);
      run(cache, [{ sequence, tokenIds: tokenIds.slice(sequence.tokenIds.length) }]);
      cache.remember(sequence);
    }
    spoil(cache, one, 2);
    cache.scrub(one);
    cache.free(one);
    cache.free(two);
    expect(cache.adopt(one, [1, 2, 3, 4, 5])).toBe(1);
    expect(cache.adopt(two, [1, 9, 5])).toBe(2);
    expectSound(cache, [one, two]);
  });
});

/** Makes the rows of one of a sequence's tokens NaN, in a layer that is not the first. */
function spoil(cache: KvCache, sequence: Sequence, token: number): void {
  const rows = new Float32Array(cache.pool.slotWidth).fill(NaN);
  cache.write(sequence, 1, token, { keys: rows, values: rows });
}

it("what does not belong to a cache, or cannot be, is refused", () => {
  const cache = new KvCache(shape);
  const sequence = cache.createSequence();
  run(cache, [{ sequence, tokenIds: [1, 2] }]);
  expect(() => cache.rollback(sequence, 3)).toThrow("expected a length from 0 to 2, got 3");
  expect(() => cache.adopt(sequence, [1])).toThrow("expected an empty sequence");
  expect(() => cache.free({ adapter: undefined, tokenIds: [], slots: [] })).toThrow(
    "got another object",
  );
  cache.pool.isRead = true;
  expect(() => cache.restore([1, 2])).toThrow("expected no run in flight");
});
