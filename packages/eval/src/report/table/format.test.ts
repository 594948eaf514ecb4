import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatInterval,
  formatP,
  formatPercent,
  formatPoints,
  formatPointsInterval,
  rounded,
} from "./format.ts";

describe("numbers of reports", () => {
  it("have two decimals, or a dash where there is none", () => {
    expect(formatPercent(54.156)).toBe("54.16");
    expect(formatPercent(null)).toBe("–");
    expect(formatInterval({ low: 0, high: 7.009 })).toBe("0.00 – 7.01");
    expect(formatInterval(null)).toBe("–");
  });

  it("show the sign of a difference, and none of 0", () => {
    expect([1.2, -0.314, -0.001, null].map(formatPoints)).toEqual(["+1.20", "−0.31", "0.00", "–"]);
    expect(formatPointsInterval({ low: -1, high: 2 })).toBe("−1.00 … +2.00");
  });

  it("do not tell more of p than it is worth", () => {
    expect([0.5, 0.0104, 1e-9].map(formatP)).toEqual(["0.500", "0.010", "< 0.001"]);
  });

  it("count gigabytes as the README does", () => {
    expect(formatBytes(15_300_000_000)).toBe("15.30 GB");
  });

  it("have six decimals in files", () => {
    expect(rounded(1 / 3)).toBe(0.333333);
  });
});
