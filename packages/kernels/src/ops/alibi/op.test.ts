import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { f32 } from "../../graph/tensor.ts";
import { runOp } from "../run-op.ts";
import { alibi } from "./op.ts";
import { alibiSlopes } from "./slopes.ts";

it("alibi adds slope times distance to the mask", async () => {
  const [bias] = await runOp(
    [
      f32(Float32Array.of(0, 0, -9), [1, 3]),
      f32(Float32Array.of(5), [1]),
      f32(Float32Array.of(3, 5, 6), [3]),
    ],
    (g, mask, query, key) => alibi(g, mask!, query!, key!, { slopes: [0.5, 0.25] }),
  );
  // distances -2, 0, 1
  expect(bias).toEqual([-1, 0, -8.5, -0.5, 0, -8.75]);
});

it("alibi keeps one step between neighbours at position 4095", async () => {
  const [slope] = alibiSlopes(40);
  const [bias] = await runOp(
    [
      f32(new Float32Array(2), [1, 2]),
      f32(Float32Array.of(4095), [1]),
      f32(Float32Array.of(4094, 4095), [2]),
    ],
    (g, mask, query, key) => alibi(g, mask!, query!, key!, { slopes: [slope!] }),
  );
  expect(bias).toEqual([-slope!, 0]);
});

it("alibiSlopes of 8 heads halve from one to the next", () => {
  expect(alibiSlopes(8)).toEqual([1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256]);
});

it("alibiSlopes of 40 heads have the bits of Baichuan2-13B", () => {
  const bits = [...new Uint32Array(Float32Array.from(alibiSlopes(40)).buffer)].map((bit) =>
    bit.toString(16),
  );
  // Heads 0, 1, 2, 31 of the 32-head list, then heads 32 and 39 borrowed from the 64-head list.
  expect([0, 1, 2, 31, 32, 39].map((head) => bits[head])).toEqual([
    "3f5744fd",
    "3f3504f3",
    "3f1837f0",
    "3b800000",
    "3f6ac0c7",
    "3e8b95c2",
  ]);
});

it("alibiSlopes refuses a head count that is none", () => {
  expect(() => alibiSlopes(0)).toThrow("alibiSlopes: expected a positive number of heads, got 0");
});

describeShared("alibiSlopes of the original code", "model/units/units.manifest.json", () => {
  const golden = readGolden(sharedData("model/units/units.manifest.json"));
  const names = golden.names.filter((name) => /slopes/.test(name));
  it("the golden file has slopes of many head counts", () =>
    expect(names.length).toBeGreaterThan(5));
  it.each(names)("%s are the same bits", (name) => {
    const want = golden.floats(name);
    expect([...want]).toEqual(alibiSlopes(want.length));
  });
});
