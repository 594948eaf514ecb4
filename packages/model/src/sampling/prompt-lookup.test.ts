import fc from "fast-check";
import { expect, it } from "vitest";
import { PromptLookup } from "./prompt-lookup.ts";

/** By the definition: longest run first, searched backwards through the whole text. */
function drawByScan(
  ids: readonly number[],
  max: number,
  { maxNgram, minNgram }: { readonly maxNgram: number; readonly minNgram: number },
): number[] {
  for (let length = maxNgram; length >= minNgram; length--) {
    const run = ids.slice(-length).join();
    if (length >= ids.length) continue;
    for (let end = ids.length - 1; end >= length; end--) {
      if (ids.slice(end - length, end).join() !== run) continue;
      const text = [...ids];
      for (let at = 0; at < max; at++) text.push(text[end + at]!);
      return text.slice(ids.length);
    }
  }
  return [];
}

it("the ids after the latest earlier occurrence of the end are proposed", () => {
  // 1 2 was followed by 3, later by 7 8
  const lookup = new PromptLookup([1, 2, 3, 4, 1, 2, 7, 8, 9, 1, 2]);
  expect(lookup.draw(2)).toEqual([7, 8]);
  expect(lookup.draw(3)).toEqual([7, 8, 9]);
  expect(lookup.draw(0)).toEqual([]);
});

it("a longer repeat goes before a later one", () => {
  // 5 1 2 was followed by 3, only 1 2 by 7
  expect(new PromptLookup([5, 1, 2, 3, 6, 1, 2, 7, 5, 1, 2]).draw(1)).toEqual([3]);
  const short = new PromptLookup([5, 1, 2, 3, 6, 1, 2, 7, 5, 1, 2], { maxNgram: 2 });
  expect(short.draw(1)).toEqual([7]);
});

it("nothing is proposed where the end is new or too short a repeat", () => {
  expect(new PromptLookup().draw(4)).toEqual([]);
  expect(new PromptLookup([1]).draw(4)).toEqual([]);
  expect(new PromptLookup([1, 2, 3, 1]).draw(4)).toEqual([]);
  expect(new PromptLookup([1, 2, 3, 1], { minNgram: 1 }).draw(2)).toEqual([2, 3]);
});

it("a loop is continued past the end of the sequence", () => {
  expect(new PromptLookup([1, 2, 3, 1, 2, 3, 1, 2]).draw(7)).toEqual([3, 1, 2, 3, 1, 2, 3]);
  expect(new PromptLookup([4, 4, 4]).draw(3)).toEqual([4, 4, 4]);
});

it("drawing changes nothing, and a pushed id moves on", () => {
  const lookup = new PromptLookup([1, 2, 3, 4, 1, 2]);
  expect(lookup.draw(1)).toEqual(lookup.draw(1));
  lookup.push(3);
  expect(lookup.draw(2)).toEqual([4, 1]);
});

it("every step proposes what a search of the whole text proposes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(3), { maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 9 }),
      (ids, minNgram, more, max) => {
        const options = { minNgram, maxNgram: minNgram + more };
        const lookup = new PromptLookup([], options);
        const seen: number[] = [];
        for (const id of ids) {
          lookup.push(id);
          seen.push(id);
          expect(lookup.draw(max)).toEqual(drawByScan(seen, max, options));
        }
      },
    ),
  );
});

it("a run within the window is always found, and one that left it by far is forgotten", () => {
  const window = 64;
  const filler = (count: number) => Array.from({ length: count }, (_, index) => 100 + index);
  for (const total of [70, 128, 129, 200, 500]) {
    const near = new PromptLookup([...filler(total), 1, 2, 3, ...filler(50), 1, 2], { window });
    expect(near.draw(1)).toEqual([3]);
  }
  const far = new PromptLookup([1, 2, 3, ...filler(2 * window), 1, 2], { window });
  expect(far.draw(1)).toEqual([]);
});

it("with a small window every step proposes what a search of the kept ids proposes", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 80 }), (ids) => {
      const options = { minNgram: 2, maxNgram: 3 };
      const lookup = new PromptLookup([], { ...options, window: 8 });
      let kept: number[] = [];
      for (const id of ids) {
        if (kept.length === 16) kept = kept.slice(-8);
        kept.push(id);
        lookup.push(id);
        expect(lookup.draw(3)).toEqual(drawByScan(kept, 3, options));
      }
    }),
  );
});
