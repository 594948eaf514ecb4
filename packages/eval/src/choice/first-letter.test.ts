import { describe, expect, it } from "vitest";
import { HOSTILE_MS, megabyteOf } from "../__fixtures__/hostile.ts";
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

  it.each(["A", "AB ", "e", "答案"])(
    "reads a megabyte of %j in time",
    { timeout: HOSTILE_MS },
    (piece) => {
      expect(extract(`${megabyteOf(piece)}z`)).toBeNull();
      expect(extract(`${megabyteOf(piece)}z C`)).toBe("C");
    },
  );
});
