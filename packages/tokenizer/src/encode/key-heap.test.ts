import fc from "fast-check";
import { expect, it } from "vitest";
import { KeyHeap } from "./key-heap.ts";

it("hands out its keys in ascending order, also when more come between", () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.array(fc.nat()), (first, second) => {
      const heap = new KeyHeap(first.length + second.length);
      for (const key of first) heap.push(key);
      const taken = first.length > 0 ? [heap.pop()] : [];
      for (const key of second) heap.push(key);
      const rest = [...first.toSorted((a, b) => a - b).slice(taken.length), ...second];
      const popped: number[] = [];
      while (heap.size > 0) popped.push(heap.pop());
      expect(taken).toEqual(first.length > 0 ? [Math.min(...first)] : []);
      expect(popped).toEqual(rest.toSorted((a, b) => a - b));
    }),
  );
});
