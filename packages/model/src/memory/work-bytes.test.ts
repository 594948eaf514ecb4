import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { publishedConfig } from "../shapes.ts";
import { workBytes } from "./work-bytes.ts";

const config = publishedConfig("7b", 2);

describe("workBytes", () => {
  it("counts the arrays of one short prompt", () => {
    // T = S = 10, one row of logits; H = 32, C = 4096, F = 11 008, V = 125 696, L = 2
    const scores = 3 * 32 * 10 * 10;
    const rows = 12 * 10 * 4096 + 3 * 10 * 11_008 + 2 * 2 * 2 * 10 * 4096;
    const logits = 8 * 125_696;
    const mask = 2 * 10 * 10;
    expect(workBytes(config, { context: 10, batch: 1 })).toBe(4 * (scores + rows + logits + mask));
  });

  it("never shrinks when there are more or longer sequences", () => {
    const sizes = fc.record({
      context: fc.integer({ min: 1, max: 9000 }),
      batch: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(sizes, fc.nat(500), fc.nat(8), (one, tokens, sequences) => {
        const more = { context: one.context + tokens, batch: one.batch + sequences };
        expect(workBytes(config, more)).toBeGreaterThanOrEqual(workBytes(config, one));
      }),
    );
  });
});
