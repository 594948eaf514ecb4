import { expect, it } from "vitest";
import { dataOrder } from "./data-order.ts";

it("an epoch has every row once, in an order of its own that is the same again", () => {
  const first = dataOrder(1000, { seed: 42, epoch: 0 });
  expect([...first].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(dataOrder(1000, { seed: 42, epoch: 0 })).toEqual(first);
  expect(dataOrder(1000, { seed: 42, epoch: 1 })).not.toEqual(first);
  expect(dataOrder(1000, { seed: 43, epoch: 0 })).not.toEqual(first);
  expect(dataOrder(0, { seed: 1, epoch: 0 })).toHaveLength(0);
});
