import { expect, it } from "vitest";
import { fillDropout } from "./dropout.ts";

const place = { seed: 42, batch: 3, layer: 1, target: 0 };

it("a mask drops its share, keeps the mean, and is the same again", () => {
  const mask = new Float32Array(40_001);
  fillDropout(mask, 0.1, place);
  const dropped = mask.filter((value) => value === 0).length;
  expect(Math.abs(dropped / mask.length - 0.1)).toBeLessThan(0.01);
  expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.9)]));
  const again = new Float32Array(mask.length);
  fillDropout(again, 0.1, place);
  expect(again).toEqual(mask);
});

it.each([{ seed: 43 }, { batch: 4 }, { layer: 2 }, { target: 1 }])(
  "masks of other places are others: %j",
  (other) => {
    const [one, two] = [new Float32Array(1000), new Float32Array(1000)];
    fillDropout(one, 0.5, place);
    fillDropout(two, 0.5, { ...place, ...other });
    const same = one.filter((value, i) => value === two[i]).length;
    expect(Math.abs(same / 1000 - 0.5)).toBeLessThan(0.1);
  },
);
