import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { DYNAMIC_MAP } from "./dynamic-map.ts";

it("the dynamic map has the midpoints of each decade", () => {
  expect(DYNAMIC_MAP).toHaveLength(256);
  expect(DYNAMIC_MAP).toEqual(DYNAMIC_MAP.toSorted());
  expect([DYNAMIC_MAP[127], DYNAMIC_MAP[255]]).toEqual([0, 1]);
  // e = 0: the one midpoint of [0.1, 1] is 0.55, times 10^-6.
  expect(DYNAMIC_MAP[128]).toBeCloseTo(5.5e-7, 12);
  // e = 1: 0.325 and 0.775, times 10^-5.
  expect(DYNAMIC_MAP[129]).toBeCloseTo(3.25e-6, 11);
  expect(DYNAMIC_MAP[130]).toBeCloseTo(7.75e-6, 11);
  // e = 6: the last of 64 midpoints is 1 − 0.9/128. There is no −1.
  expect(DYNAMIC_MAP[254]).toBeCloseTo(1 - 0.9 / 128, 6);
  expect(DYNAMIC_MAP[0]).toBe(-DYNAMIC_MAP[254]);
});

it("the dynamic map has the bytes that torch computes", () => {
  expect(createHash("sha256").update(new Uint8Array(DYNAMIC_MAP.buffer)).digest("hex")).toBe(
    "e732639a65f497b4ad684bb166a4467708255edd5207757de8b8f0c7e1fda89c",
  );
});
