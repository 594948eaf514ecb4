import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../sampling/random.ts";
import { createStateErrorSum } from "./state-error.ts";

describe("the error of hidden states", () => {
  it("of a worked example is the largest and the relative rms error", () => {
    const sum = createStateErrorSum("layer0");
    sum.add(Float32Array.of(3, 0), Float32Array.of(3.5, 0));
    sum.add(Float32Array.of(-4), Float32Array.of(-3));
    // largest |-3 - -4| = 1; (0.5² + 1²) / (3² + 4²) = 0.05
    expect(sum.result()).toEqual({
      name: "layer0",
      maxAbsError: 1,
      relativeRmsError: Math.sqrt(0.05),
    });
  });

  it("of nothing and of zeros is 0, and of a NaN is NaN", () => {
    const sum = createStateErrorSum("embed");
    expect(sum.result()).toMatchObject({ maxAbsError: 0, relativeRmsError: 0 });
    sum.add(new Float32Array(3), new Float32Array(3));
    expect(sum.result()).toMatchObject({ maxAbsError: 0, relativeRmsError: 0 });
    sum.add(Float32Array.of(1), Float32Array.of(NaN));
    expect(sum.result()).toMatchObject({ maxAbsError: NaN, relativeRmsError: NaN });
  });

  it("does not depend on how positions are split, and is 0 of a state from itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), fc.nat(), (count, split, seed) => {
        const random = createRandom(seed);
        const draw = (): Float32Array =>
          Float32Array.from({ length: count }, () => random.next() - 0.5);
        const [a, b, cut] = [draw(), draw(), split % count];
        const [whole, parts, same] = ["", "", ""].map(createStateErrorSum);
        whole!.add(a, b);
        parts!.add(a.subarray(0, cut), b.subarray(0, cut));
        parts!.add(a.subarray(cut), b.subarray(cut));
        expect(parts!.result()).toEqual(whole!.result());
        same!.add(a, a);
        expect(same!.result()).toMatchObject({ maxAbsError: 0, relativeRmsError: 0 });
      }),
    );
  });
});
