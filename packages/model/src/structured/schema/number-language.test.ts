import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Derivatives } from "../language/derivative.ts";
import { Terms } from "../language/terms.ts";
import { anything, type Bound } from "./conjunct.ts";
import { decimalDigits } from "./decimal.ts";
import { isWithin, numberLanguage } from "./number-language.ts";

function matcher(lower: Bound | undefined, upper: Bound | undefined, isInteger: boolean) {
  const terms = new Terms();
  const language = numberLanguage(terms, { ...anything("#"), lower, upper }, isInteger);
  return (text: string): boolean => new Derivatives(terms).matches(language, text);
}

describe("decimalDigits", () => {
  it.each([
    [0, "0", ""],
    [12.5, "12", "5"],
    [1e-7, "0", "0000001"],
    [1.25e21, "1250000000000000000000", ""],
    [0.05, "0", "05"],
  ])("writes %d without exponent", (value, integer, fraction) => {
    expect(decimalDigits(value)).toEqual([integer, fraction]);
  });
});

describe("numberLanguage", () => {
  it.each(["1", "-1", "0", "0.5", "1e5", "-1.25E-3", "999999999999999", "0.000000000000001"])(
    "takes %s",
    (text) => {
      expect(matcher(undefined, undefined, false)(text)).toBe(true);
    },
  );

  it.each(["01", "-0", "1.", ".5", "+1", "1e", "1e999", "1234567890123456", "0x1", ""])(
    "does not take %s",
    (text) => {
      expect(matcher(undefined, undefined, false)(text)).toBe(false);
    },
  );

  it("takes a decimal exactly if it is within the bounds", () => {
    const number = fc.oneof(
      fc.integer({ min: -120, max: 120 }),
      fc.integer({ min: -4000, max: 4000 }).map((value) => value / 16),
      fc.constantFrom(0, 0.1, 0.3, 1e-7, -1e-7, 99.99, 1e6),
    );
    const bound = fc.option(fc.record({ value: number, isExclusive: fc.boolean() }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(bound, bound, number, fc.boolean(), (lower, upper, value, isInteger) => {
        const text = value.toFixed(9).replace(/\.?0+$/u, "");
        const isValid = isWithin({ ...anything("#"), lower, upper }, Number(text));
        const isWritten = text !== "-0" && (!isInteger || Number.isInteger(Number(text)));
        expect(matcher(lower, upper, isInteger)(text)).toBe(isValid && isWritten);
      }),
      { numRuns: 1000 },
    );
  });
});
