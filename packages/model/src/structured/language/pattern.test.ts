import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResponseFormatError } from "../response-format-error.ts";
import { Derivatives } from "./derivative.ts";
import { patternLanguage } from "./pattern.ts";
import { Terms } from "./terms.ts";
import { textAutomaton } from "./text-automaton.ts";

function matcher(pattern: string, scope: "anywhere" | "whole" = "anywhere") {
  const terms = new Terms();
  const language = patternLanguage(terms, pattern, scope);
  return (text: string): boolean => new Derivatives(terms).matches(language, text);
}

const PATTERNS = [
  "^a+b?$",
  "a|^b|c$",
  "^(?!\\.)(?!.*\\.\\.)[a.]{1,6}$",
  "(?=.*b)a",
  "^(?:ab|a)(?:c|bc)*$",
  "^[^ab]{2,3}$",
  "^(?:a{2}|b{3}){1,2}$",
  "^\\p{L}+$",
  "\\d\\s\\w",
  "^(?:a?){3}b$",
  "(?:a|b$)c?",
  "^(?:a$|ab)c*",
  "",
  "^$",
];

describe("patternLanguage", () => {
  it("agrees with RegExp on every text", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "b", "c", ".", "1", " ", "你", "😀"),
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.constantFrom(...PATTERNS), text, (pattern, sample) => {
        expect(matcher(pattern)(sample)).toBe(new RegExp(pattern, "u").test(sample));
        const whole = new RegExp(`^(?:${pattern})$`, "u").test(sample);
        expect(matcher(pattern, "whole")(sample)).toBe(whole);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["(a)\\1", "backreferences"],
    ["(?<=a)b", "lookbehinds"],
    ["a\\b", "word boundaries"],
    ["a^b", "^ only"],
    ["(?:a(?=b))*", "outside repetitions"],
    ["(?i:a)", "without flags"],
    ["(", "valid with flag u"],
    ["(".repeat(60) + ")".repeat(60), "nested groups"],
    ["a".repeat(9000), "characters"],
  ])("refuses %s by name", (pattern, message) => {
    expect(() => matcher(pattern)).toThrow(ResponseFormatError);
    expect(() => matcher(pattern)).toThrow(message);
  });

  it("refuses a pattern of exponentially many states instead of making them", () => {
    const terms = new Terms();
    const language = patternLanguage(terms, "^(?:a|b)*a(?:a|b){30}$", "anywhere");
    expect(() => textAutomaton(terms, language)).toThrow(ResponseFormatError);
  });
});

describe("textAutomaton", () => {
  it("has no state from which no text can be finished", () => {
    const terms = new Terms();
    // b is refused later, so the first a must lead nowhere else than to a second one.
    const language = patternLanguage(terms, "^(?!ab)a(?:b|a)$", "anywhere");
    expect(
      textAutomaton(terms, language)
        ?.edges.flat()
        .map(({ set }) => set),
    ).toEqual([
      [97, 97],
      [97, 97],
    ]);
  });

  it("is undefined for a language without texts", () => {
    const terms = new Terms();
    expect(textAutomaton(terms, patternLanguage(terms, "^a$b", "anywhere"))).toBeUndefined();
  });
});
