import { describe, expect, it } from "vitest";
import { HOSTILE_MS, megabyteOf } from "../../__fixtures__/hostile.ts";
import { isEquivHendrycks } from "./equivalence.ts";
import { ShorthandError } from "./shorthand.ts";
import { stripString } from "./strip-string.ts";

describe("isEquivHendrycks", () => {
  it("rewrites a worked example", () => {
    // tfrac -> frac, \frac83 -> \frac{8}{3}, spaces go
    expect(stripString("x = \\tfrac83 ")).toBe("\\frac{8}{3}");
    expect(isEquivHendrycks("x = \\tfrac83 ", "8/3")).toBe(true);
  });

  it("compares texts as they came where the original raises an exception", () => {
    expect(() => stripString("\\frac")).toThrow(ShorthandError);
    expect(isEquivHendrycks("\\frac", "\\frac")).toBe(true);
    expect(isEquivHendrycks("\\frac", "\\frac ")).toBe(false);
  });

  it("takes characters outside of the basic plane for one", () => {
    expect(stripString("\\frac𝑎𝑏c")).toBe("\\frac{𝑎}{𝑏}c");
    expect(stripString("𝑎𝑏=3")).toBe("3");
    expect(stripString("𝑎𝑏𝑐=3")).toBe("𝑎𝑏𝑐=3");
  });

  it("takes no fraction for one that Python would write in another way", () => {
    expect(stripString("01/2")).toBe("01/2");
    expect(stripString("-0/2")).toBe("-0/2");
    expect(stripString("-3/4")).toBe("\\frac{-3}{4}");
  });

  it.each(["\\frac1", "\\sqrt", "\\\\", "{.", "/", "\\text{ "])(
    "reads a megabyte of %j in time",
    { timeout: HOSTILE_MS },
    (piece) => {
      const text = megabyteOf(piece);
      expect(isEquivHendrycks(text, `${text}x`)).toBe(false);
    },
  );
});
