import { describe, expect, it } from "vitest";
import { estimate } from "./estimate.ts";

describe("adapters in an estimate", () => {
  it("count A and B of each of their linears in float32", () => {
    // 32 layers of W_pack, A [8, 4096] and B [12288, 8]: 32 · 8 · 16384 · 4 bytes
    const plain = estimate({ variant: "7b" });
    const tuned = estimate({ variant: "7b", adapters: [{ rank: 8 }] });
    expect(plain.adapterBytes).toBe(0);
    expect(tuned.adapterBytes).toBe(32 * 8 * 16_384 * 4);
    const work = tuned.workBytes - plain.workBytes;
    expect(work).toBeGreaterThan(0);
    expect(tuned.runningBytes).toBe(plain.runningBytes + tuned.adapterBytes + work);
  });

  it("count twice where there are several, which a run may have joined", () => {
    const sizes = [{ rank: 8 }, { rank: 1, targets: ["o_proj", "mlp.down_proj"] }];
    const second = 32 * 1 * (4096 + 4096 + 11_008 + 4096) * 4;
    expect(estimate({ variant: "7b", adapters: sizes }).adapterBytes).toBe(
      2 * (32 * 8 * 16_384 * 4 + second),
    );
  });
});
