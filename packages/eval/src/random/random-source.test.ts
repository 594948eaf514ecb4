import { expect, it } from "vitest";
import { streamOf } from "./random-source.ts";

it("streamOf knows a stream of each name", () => {
  expect(streamOf("")).toBe(0x811c9dc5);
  // FNV-1a of "a", from its published test vectors
  expect(streamOf("a")).toBe(0xe40c292c);
});
