import fc from "fast-check";
import { expect, it } from "vitest";
import { StepCost } from "./step-cost.ts";

it("a step costs the median of its latest nine measurements", () => {
  const cost = new StepCost();
  for (const seconds of [9, 9, 9, 2, 1, 3, 100, 2, 7, 1, 8, 3]) cost.record(1, seconds);
  // ascending 1 1 2 2 3 3 7 8 100
  expect(cost.range(1)).toEqual({ low: 3, high: 3 });
  expect(cost.lowerQuartile(1)).toBe(2);
  expect(cost.count(1)).toBe(9);
});

it("the lower quartile lies between two measurements if none is at its place", () => {
  const cost = new StepCost();
  cost.record(1, 1);
  cost.record(1, 3);
  expect(cost.lowerQuartile(1)).toBe(1.5);
  expect(cost.lowerQuartile(2)).toBeUndefined();
});

it("an even number of measurements has the mean of the middle two", () => {
  const cost = new StepCost();
  cost.record(1, 1);
  cost.record(1, 2);
  expect(cost.range(1)?.low).toBe(1.5);
});

it("between measured numbers of rows the cost lies on a line", () => {
  const cost = new StepCost();
  cost.record(1, 1);
  cost.record(5, 3);
  expect(cost.range(2)).toEqual({ low: 1.5, high: 1.5 });
  expect(cost.range(4)).toEqual({ low: 2.5, high: 2.5 });
  expect(cost.mostRows).toBe(5);
});

it("beyond them it is between nothing more and the slope so far", () => {
  const cost = new StepCost();
  cost.record(1, 1);
  // each row may be a whole step
  expect(cost.range(4)).toEqual({ low: 1, high: 4 });
  cost.record(3, 2);
  expect(cost.range(5)).toEqual({ low: 2, high: 3 });
});

it("nothing is known before anything is measured", () => {
  expect(new StepCost().range(1)).toBeUndefined();
  expect(new StepCost().count(1)).toBe(0);
  expect(new StepCost().mostRows).toBe(0);
});

it("the bounds are in order for any measurements", () => {
  const measurement = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 1000 }));
  fc.assert(
    fc.property(
      fc.array(measurement, { minLength: 1 }),
      fc.integer({ min: 1, max: 12 }),
      (list, rows) => {
        const cost = new StepCost();
        for (const [measured, milliseconds] of list) cost.record(measured, milliseconds);
        const { low, high } = cost.range(rows)!;
        expect(low).toBeGreaterThan(0);
        expect(high).toBeGreaterThanOrEqual(low);
        expect(low).toBeLessThanOrEqual(Math.max(...list.map(([, milliseconds]) => milliseconds)));
      },
    ),
  );
});
