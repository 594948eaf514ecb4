import { describe, expect, it } from "vitest";
import { streamOf } from "./random-source.ts";
import { shuffled } from "./shuffled.ts";

const items = ["a", "b", "c", "d", "e"];

describe("shuffled", () => {
  it("has all items once, in the same order each time", () => {
    expect(shuffled(items, { seed: 1, stream: 2 }).toSorted()).toEqual(items);
    expect(shuffled(items, { seed: 1, stream: 2 })).toEqual(
      shuffled(items, { seed: 1, stream: 2 }),
    );
    expect(items).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("orders other streams and other seeds otherwise, each order of three about as often", () => {
    const orders = new Map<string, number>();
    for (let row = 0; row < 600; row++) {
      const order = shuffled(["a", "b", "c"], { seed: 7, stream: streamOf(`law/val/${row}`) }).join(
        "",
      );
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    // 600 / 3! = 100 of each; four standard deviations are 4 * sqrt(100 * 5 / 6) = 37
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 100)).toBeLessThan(37);
    expect(shuffled(items, { seed: 1, stream: 0 })).not.toEqual(
      shuffled(items, { seed: 2, stream: 0 }),
    );
  });
});
