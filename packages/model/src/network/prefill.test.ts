import { expect, it } from "vitest";
import { chunkRows } from "./prefill.ts";

it("chunks shrink as the context grows and never vanish", () => {
  expect(chunkRows({ numAttentionHeads: 32 }, 0)).toBe(256);
  // 128 MiB / (32 heads · 4 bytes · (8192 + 256) keys) = 124.1
  expect(chunkRows({ numAttentionHeads: 32 }, 8192)).toBe(124);
  expect(chunkRows({ numAttentionHeads: 40 }, 10_000_000)).toBe(1);
});
