import fc from "fast-check";
import { expect, it } from "vitest";
import { NO_SLOT, slotCopies, SPARE, type SlotCopies } from "./slot-copies.ts";

/** Carries out copies on an array. */
function carryOut(copies: SlotCopies, contents: readonly number[]): number[] {
  const slots = new Map(contents.entries());
  for (let index = 0; index < copies.length; index += 2)
    slots.set(copies[index + 1] as number, slots.get(copies[index] as number) as number);
  return contents.map((_, slot) => slots.get(slot) as number);
}

it("slots that give way to each other are copied in the order that loses nothing", () => {
  expect(slotCopies(Int32Array.of(0, 3, NO_SLOT, 2))).toEqual([3, 2, 1, 3]);
});

it("slots in a circle go around one that is put aside", () => {
  expect(slotCopies(Int32Array.of(0, 2, 1))).toEqual([1, SPARE, 2, 1, SPARE, 2]);
});

it("every slot's contents arrive at its target, with one copy a slot and one more a circle", () => {
  const size = fc.integer({ min: 1, max: 30 });
  const permutations = size.chain((count) => {
    const all = Array.from({ length: count }, (_, slot) => slot);
    const places = fc.shuffledSubarray(all, { minLength: count, maxLength: count });
    return fc.tuple(places, fc.array(fc.boolean(), { minLength: count, maxLength: count }));
  });
  fc.assert(
    fc.property(permutations, ([places, isUsed]) => {
      const target = Int32Array.from(places, (place, slot) => (isUsed[slot] ? place : NO_SLOT));
      const copies = slotCopies(target);
      const moved = carryOut(copies, [...target.keys()]);
      for (const [slot, place] of target.entries())
        if (place !== NO_SLOT) expect(moved[place]).toBe(slot);
      expect(copies.length).toBeLessThanOrEqual(3 * target.length);
    }),
  );
});
