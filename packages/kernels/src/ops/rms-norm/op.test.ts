import { expect, it } from "vitest";
import { f32 } from "../../graph/tensor.ts";
import { runOp } from "../run-op.ts";
import { rmsNorm } from "./op.ts";

it("rmsNorm normalises a worked example", async () => {
  // mean(3², 4²) = 12.5, 1/sqrt(12.5) = 0.28284271
  const [y] = await runOp(
    [f32(Float32Array.of(3, 4), [1, 2]), f32(Float32Array.of(1, 2), [2])],
    (g, x, weight) => rmsNorm(g, x!, weight!, 0),
  );
  expect(y).toEqual([expect.closeTo(0.848528, 5), expect.closeTo(2.262742, 5)]);
});

it("rmsNorm of a zero row is zero thanks to eps", async () => {
  const [y] = await runOp(
    [f32(new Float32Array(2), [1, 2]), f32(Float32Array.of(1, 1), [2])],
    (g, x, weight) => rmsNorm(g, x!, weight!, 1e-6),
  );
  expect(y).toEqual([0, 0]);
});
