import { expect, it } from "vitest";
import { f32 } from "../../graph/tensor.ts";
import { runOp } from "../run-op.ts";
import { swiglu } from "./op.ts";

it("swiglu gates with silu", async () => {
  // silu(0) = 0, silu(1) = 1 / (1 + e^-1) = 0.7310586
  const [y] = await runOp(
    [f32(Float32Array.of(0, 1), [1, 2]), f32(Float32Array.of(5, 2), [1, 2])],
    swiglu,
  );
  expect(y).toEqual([0, expect.closeTo(1.4621172, 6)]);
});
