import { publishedConfig } from "@baichuan2/model";
import { describe, expect, it } from "vitest";
import {
  cacheBytesPerToken,
  countParameters,
  estimateDisk,
  estimateMemory,
} from "./memory-estimate.ts";

describe("estimates", () => {
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

  it("holds NF4 on the CPU in as many bytes as int8, and int4 in half of them", () => {
    // 7B: head 2 * 125 696 * 4096; linears 6 476 005 376 codes in blocks of 64 with 12 bytes each
    const head = 2 * 125_696 * 4096;
    const blocks = (6_476_005_376 / 64) * 12;
    expect(estimateMemory(publishedConfig("7b"))).toMatchObject({
      float32: 30_023_892_992,
      nf4: head + 6_476_005_376 + blocks,
      int4: head + 3_238_002_688 + blocks,
    });
  });

  it("leaves out what a checkpoint cannot be loaded as", () => {
    const config = publishedConfig("7b");
    const all = estimateMemory(config);
    expect(Object.keys(all)).toEqual(["float32", "int8", "nf4", "int4"]);
    const { float32, nf4, int4 } = all;
    expect(estimateMemory(config, "nf4")).toEqual({ float32, nf4 });
    expect(estimateMemory(config, "fp4")).toEqual({ float32, nf4 });
    expect(estimateMemory(config, "int4")).toEqual({ float32, int4 });
    // 176 is no multiple of 64
    const odd = { ...config, intermediateSize: 176 };
    expect(Object.keys(estimateMemory(odd))).toEqual(["float32", "int8", "nf4"]);
    expect(Object.keys(estimateDisk(odd))).toEqual(["bfloat16", "int8", "nf4"]);
    expect(Object.keys(estimateMemory(odd, "int4"))).toEqual(["float32", "int4"]);
  });

  it("counts keys and values of a token in float32", () => {
    expect(cacheBytesPerToken(publishedConfig("7b"))).toBe(2 * 32 * 4096 * 4);
  });
});
