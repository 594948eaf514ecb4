import { describe, expect, it } from "vitest";
import { publishedConfig } from "../shapes.ts";
import { countParameters, estimateDisk } from "./disk-bytes.ts";

describe("estimateDisk", () => {
  it("counts the parameters of the published models", () => {
    expect(countParameters(publishedConfig("7b"))).toBe(7_505_973_248);
    expect(countParameters(publishedConfig("13b"))).toBe(13_896_668_160);
  });

  it("gives the file sizes of the published 16-bit models", () => {
    expect(estimateDisk(publishedConfig("7b")).bfloat16).toBe(15_011_946_496);
    expect(estimateDisk(publishedConfig("13b")).bfloat16).toBe(27_793_336_320);
  });

  it("gives the size of the published 4-bit models: 5.40 GB and 9.08 GB", () => {
    expect(estimateDisk(publishedConfig("7b")).nf4 / 1e9).toBeCloseTo(5.4, 2);
    expect(estimateDisk(publishedConfig("13b")).nf4 / 1e9).toBeCloseTo(9.08, 2);
  });

  it("adds a scale per row to int8", () => {
    // 7B, bytes: linears 6 476 005 376, scales 4 * 32 * (3*4096 + 4096 + 2*11008 + 4096), rest 2 * 1 029 967 872
    const scales = 4 * 32 * (3 * 4096 + 4096 + 2 * 11_008 + 4096);
    expect(estimateDisk(publishedConfig("7b")).int8).toBe(6_476_005_376 + scales + 2_059_935_744);
  });

  it("leaves int4 out where its blocks of 64 do not fit", () => {
    const odd = { ...publishedConfig("7b"), intermediateSize: 176 };
    expect(Object.keys(estimateDisk(odd))).toEqual(["bfloat16", "int8", "nf4"]);
  });
});
