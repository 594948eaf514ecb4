import { expect, it } from "vitest";
import { releaseArray } from "./release-array.ts";

it("releaseArray leaves nothing of an array and its views", () => {
  const array = new Float32Array(1000);
  const view = array.subarray(10);
  releaseArray(view);
  expect([array.length, view.length, array.buffer.detached]).toEqual([0, 0, true]);
});
