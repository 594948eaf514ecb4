import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { ropeAngles } from "./rope-angles.ts";

it("ropeAngles of position 0 turn nothing", () => {
  expect(ropeAngles([0], 8)).toEqual({
    cos: Float32Array.of(1, 1, 1, 1),
    sin: Float32Array.of(0, 0, 0, 0),
  });
});

it("ropeAngles turn the first pair by one radian a position and the last hardly at all", () => {
  // Head size 4: frequencies 1 and 10000^(-1/2) = 0.01.
  const { cos, sin } = ropeAngles([1, 2], 4);
  expect([...cos]).toEqual(
    [0.5403023, 0.99995, -0.41614684, 0.99980001].map((x) => expect.closeTo(x, 6)),
  );
  expect([...sin]).toEqual(
    [0.84147098, 0.00999983, 0.90929743, 0.01999867].map((x) => expect.closeTo(x, 6)),
  );
});

describeShared("the original's rotary tables", "model/units/units.manifest.json", () => {
  const golden = readGolden(sharedData("model/units/units.manifest.json"));
  const names = golden.names.filter((name) => /cos/.test(name));
  it("the golden file has tables", () => expect(names.length).toBeGreaterThan(0));
  it.each(names)("%s is met within one rounding", (name) => {
    const want = golden.floats(name);
    const shape = golden.array(name).shape.filter((dim) => dim !== 1);
    const [T, D] = shape as [number, number];
    const { cos } = ropeAngles(golden.ints("rope.positions"), D);
    for (let t = 0; t < T; t++) {
      for (let k = 0; k < D; k++) {
        expect(
          Math.abs((want[t * D + k] ?? NaN) - (cos[t * (D / 2) + (k % (D / 2))] ?? NaN)),
        ).toBeLessThan(1.3e-7);
      }
    }
  });
});
