import { expect, it } from "vitest";
import { f32 } from "../../graph/tensor.ts";
import { runOp } from "../run-op.ts";
import { l2Normalize } from "./op.ts";

it("l2Normalize gives a 3-4-5 row length 1 and leaves a zero row zero", async () => {
  const [y] = await runOp([f32(Float32Array.of(3, 4, 0, 0), [2, 2])], l2Normalize);
  expect(y).toEqual([expect.closeTo(0.6, 7), expect.closeTo(0.8, 7), 0, 0]);
});
