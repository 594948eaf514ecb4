import { describe, expect, it } from "vitest";
import { readModelConfig, type ModelConfig } from "../config.ts";
import { adapterInputs } from "../network/adapter-inputs.ts";
import { smallConfig } from "../quantize/__fixtures__/write-float-checkpoint.ts";
import type { Adapter } from "./adapter.ts";
import { changedAdapter } from "./adapter-error.ts";
import { AdapterSet } from "./adapter-set.ts";
import { loadedAdapter, type LoadedAdapter } from "./loaded-adapter.ts";

const config: ModelConfig = readModelConfig(
  { ...smallConfig, hidden_size: 2, num_attention_heads: 1 },
  "small",
);
const [C, O] = [2, 6];
const W_PACK = "self_attn.W_pack";

/** A of counting numbers from `first` on, B of ones; in the first layer only. */
function adapter(name: string, rank: number, first: number): LoadedAdapter {
  const a = Float32Array.from({ length: rank * C }, (_, i) => first + i);
  const b = new Float32Array(O * rank).fill(1);
  const linear = { rank, scaling: 2, a, b, shape: [O, C] } as const;
  const linears = new Map([[`model.layers.0.${W_PACK}`, linear]]);
  const parts = { path: name, config: {}, linears } as unknown as Adapter;
  return loadedAdapter(parts, config, { name, path: name, scale: 3 }, name);
}

describe("the adapters of a run", () => {
  const set = new AdapterSet(config);
  const [one, two] = [adapter("one", 1, 1), adapter("two", 2, 5)];
  set.add(one);
  set.add(two);
  const inputsOf = (...rows: Parameters<AdapterSet["feeds"]>[0]) => {
    const feeds = set.feeds(rows);
    const input = (name: string): unknown => [feeds[name]?.shape, [...(feeds[name]?.data ?? [])]];
    const mask = input(adapterInputs.mask(W_PACK));
    return {
      feeds,
      a: input(adapterInputs.a(0, W_PACK)),
      b: input(adapterInputs.b(0, W_PACK)),
      mask,
    };
  };

  it("are a row of zeros where no row has one", () => {
    const { feeds, a, b, mask } = inputsOf({ adapter: undefined, count: 2 });
    expect(a).toEqual([
      [1, C],
      [0, 0],
    ]);
    expect(b).toEqual([
      [1, O],
      [0, 0, 0, 0, 0, 0],
    ]);
    expect(mask).toEqual([
      [2, 1],
      [0, 0],
    ]);
    expect(Object.keys(feeds)).toHaveLength(5 * (1 + 2 * config.numHiddenLayers));
  });

  it("are the arrays of the only one, with scale and scaling in B", () => {
    const { feeds, a, b, mask } = inputsOf(
      { adapter: undefined, count: 1 },
      { adapter: two, count: 1 },
    );
    expect(a).toEqual([
      [2, C],
      [5, 6, 7, 8],
    ]);
    expect(b).toEqual([[2, O], Array.from({ length: 2 * O }, () => 6)]);
    expect(mask).toEqual([
      [2, 2],
      [0, 0, 1, 1],
    ]);
    // The layer that the adapter leaves out has its rank, and zeros.
    expect(feeds[adapterInputs.a(1, W_PACK)]).toMatchObject({
      shape: [2, C],
      data: new Float32Array(4),
    });
  });

  it("lie one after another where rows have several", () => {
    const { a, mask } = inputsOf(
      { adapter: two, count: 1 },
      { adapter: undefined, count: 1 },
      { adapter: one, count: 2 },
    );
    expect(a).toEqual([
      [3, C],
      [1, 2, 5, 6, 7, 8],
    ]);
    expect(mask).toEqual([
      [4, 3],
      [0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0],
    ]);
  });

  it("stay with rows that have one whose name is gone", () => {
    set.remove("one");
    set.add(adapter("one", 1, 9));
    expect(inputsOf({ adapter: one, count: 1 }).a).toEqual([
      [1, C],
      [1, 2],
    ]);
    expect(
      inputsOf({ adapter: one, count: 1 }, { adapter: set.get("one"), count: 1 }),
    ).toMatchObject({
      a: [
        [2, C],
        [9, 10, 1, 2],
      ],
      mask: [
        [2, 2],
        [0, 1, 1, 0],
      ],
    });
  });
});

describe("a run with several adapters", () => {
  const [one, two, three] = [adapter("one", 1, 1), adapter("two", 2, 5), adapter("three", 1, 50)];
  const setOf = (...adapters: readonly LoadedAdapter[]): AdapterSet => {
    const set = new AdapterSet(config);
    for (const each of adapters) set.add(each);
    return set;
  };
  const rowsOf = (...adapters: readonly LoadedAdapter[]) =>
    adapters.map((each) => ({ adapter: each, count: 1 }));
  const arrayOf = (set: AdapterSet, ...adapters: readonly LoadedAdapter[]): unknown =>
    set.feeds(rowsOf(...adapters))[adapterInputs.a(0, W_PACK)]?.data;

  it("has nothing of one that none of its rows has", () => {
    expect(arrayOf(setOf(three, one, two), two, one)).toEqual(Float32Array.of(1, 2, 5, 6, 7, 8));
  });

  it("finds what a run with the same ones has joined, whatever their order", () => {
    const set = setOf(one, two, three);
    const first = arrayOf(set, one, two);
    expect(arrayOf(set, two, one, two)).toBe(first);
    arrayOf(set, one);
    expect(arrayOf(set, one, two)).toBe(first);
  });

  it("keeps no more than the loaded ones take, the latest used", () => {
    const set = setOf(one, two, three); // ranks 1, 2, 1
    const [pair, small] = [arrayOf(set, one, two), arrayOf(set, one, three)];
    expect(arrayOf(set, one, three)).toBe(small);
    expect(arrayOf(set, one, two)).not.toBe(pair); // 3 and 2 are more than 4
    const wide = setOf(one, two, three, adapter("four", 9, 0));
    const both = [arrayOf(wide, one, two), arrayOf(wide, one, three)];
    expect([arrayOf(wide, one, two), arrayOf(wide, one, three)]).toEqual(both);
    expect(arrayOf(wide, one, two)).toBe(both[0]);
  });

  it("forgets what has one that is gone", () => {
    const set = setOf(one, two);
    const first = arrayOf(set, one, two);
    set.remove("one");
    arrayOf(set, two);
    set.add(one);
    expect(arrayOf(set, one, two)).toEqual(Float32Array.of(5, 6, 7, 8, 1, 2));
    expect(first).toEqual(Float32Array.of(1, 2, 5, 6, 7, 8));
  });
});

it("a lost adapter fails who asks for it, and its name is free once it is removed", () => {
  const set = new AdapterSet(config);
  set.lose("one", changedAdapter("one", "/adapters/one"));
  expect(() => set.get("one")).toThrow(
    'adapter "one": expected the numbers that it was loaded with in /adapters/one, got other numbers',
  );
  expect(() => set.add(adapter("one", 1, 1))).toThrow("a name that no adapter has");
  expect(set.remove("one")).toBeUndefined();
  set.add(adapter("one", 1, 1));
  expect(set.infos).toHaveLength(1);
});
