import { describe, expect, it } from "vitest";
import { firstLetter } from "./first-letter.ts";

describe("firstLetter", () => {
  const extract = firstLetter("ABCD");

  it("finds the first letter that is no part of a word", () => {
    expect(extract(" B")).toBe("B");
    expect(extract("Because of DNA: (C), not A.")).toBe("C");
    expect(extract("答案是D。")).toBe("D");
    expect(extract("ABCD")).toBeNull();
    expect(extract("")).toBeNull();
  });

  it("reads a megabyte of letters in a moment", () => {
    expect(extract("A".repeat(2 ** 20))).toBeNull();
    expect(extract(`${"AB ".repeat(2 ** 18)}C`)).toBe("C");
  }, 30_000);
});
