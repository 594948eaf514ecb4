import { describeShared } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import { goldenCases } from "../../__fixtures__/golden.ts";
import { isEquiv, normalizeLatex } from "./is-equiv.ts";

interface EquivCase {
  readonly kind: string;
  readonly id: string;
  readonly a: string | null;
  readonly b: string | null;
  readonly hendrycks: boolean;
  readonly hendrycks_strip_a: string | { readonly raises: string } | null;
}

describe("isEquiv", () => {
  it("rewrites a worked example", () => {
    // tfrac -> frac, \frac83 -> \frac{8}{3}, spaces go
    expect(normalizeLatex("x = \\tfrac83 ")).toBe("\\frac{8}{3}");
    expect(isEquiv("x = \\tfrac83 ", "8/3")).toBe(true);
  });

  it("compares texts as they came where the original raises an exception", () => {
    expect(normalizeLatex("\\frac")).toBeNull();
    expect(isEquiv("\\frac", "\\frac")).toBe(true);
    expect(isEquiv("\\frac", "\\frac ")).toBe(false);
  });

  it("takes characters outside of the basic plane for one", () => {
    expect(normalizeLatex("\\frac𝑎𝑏c")).toBe("\\frac{𝑎}{𝑏}c");
    expect(normalizeLatex("𝑎𝑏=3")).toBe("3");
    expect(normalizeLatex("𝑎𝑏𝑐=3")).toBe("𝑎𝑏𝑐=3");
  });

  it("takes no fraction for one that Python would write in another way", () => {
    expect(normalizeLatex("01/2")).toBe("01/2");
    expect(normalizeLatex("-0/2")).toBe("-0/2");
    expect(normalizeLatex("-3/4")).toBe("\\frac{-3}{4}");
  });

  it.each(["\\frac1", "\\sqrt", "\\\\", "{.", "/", "\\text{ "])(
    "reads a megabyte of %j",
    (piece) => {
      const text = piece.repeat(2 ** 20 / piece.length);
      expect(isEquiv(text, `${text}x`)).toBe(false);
    },
  );
});

describeShared("isEquiv as hendrycks/math has it", "eval-golden/math_equivalence.json", () => {
  const cases = goldenCases<EquivCase>("math_equivalence").filter(({ kind }) => kind === "equiv");

  it.each(cases)("$id: $a and $b", ({ a, b, hendrycks, hendrycks_strip_a: form }) => {
    expect(isEquiv(a, b)).toBe(hendrycks);
    if (a !== null) expect(normalizeLatex(a)).toBe(typeof form === "string" ? form : null);
  });
});
