import { describe, expect, it } from "vitest";
import { HOSTILE_MS, megabyteOf } from "../__fixtures__/hostile.ts";
import { parseLiteral } from "./literal.ts";

describe("parseLiteral", () => {
  it("reads what a table of examples holds", () => {
    const text = `{'passage': None, "question": 'It\\'s "x"', 'options': ['(A)1', "(B)'2'", ], 'n': [-5, 2.5e1, True]}`;
    expect(parseLiteral(text)).toEqual({
      passage: null,
      question: `It's "x"`,
      options: ["(A)1", "(B)'2'"],
      n: [-5, 25, true],
    });
  });

  it("reads escapes as Python does", () => {
    expect(parseLiteral("'\\n\\t\\x41\\u4e2d\\U0001f600\\101\\\\frac\\pi\\\n.'")).toBe(
      "\n\tA中😀A\\frac\\pi.",
    );
  });

  it.each([
    ["", "literal, character 1: expected a literal, got the end"],
    ["[1 2]", 'literal, character 4: expected ",", got "2]"'],
    ["{1: 2}", 'literal, character 2: expected a quote, got "1: 2}"'],
    ["'a\nb'", 'literal, character 3: expected a closing quote, got "\\nb\'"'],
    ["'\\N{DASH}'", 'literal, character 2: expected an escape, got "\\\\N{DASH}\'"'],
    ["'\\U00110000'", 'literal, character 2: expected a code point, got "\\\\U00110000\'"'],
    ["__import__('os')", "literal, character 1: expected a literal, got \"__import__('os')\""],
    ["None, 1", 'literal, character 5: expected the end, got ", 1"'],
  ])("refuses %j", (text, message) => {
    expect(() => parseLiteral(text)).toThrow(new SyntaxError(message));
  });

  it("refuses deep nesting before the stack ends", () => {
    expect(() => parseLiteral(megabyteOf("["))).toThrow("expected at most 16 levels");
  });

  it("keeps a key that objects inherit for one like any other", () => {
    const value = parseLiteral("{'__proto__': {'a': 1}}");
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it.each(["'", "\\", "{", "'a',", "0"])(
    "reads a megabyte of %j in time",
    { timeout: HOSTILE_MS },
    (piece) => {
      expect(() => parseLiteral(`['${megabyteOf(piece)}`)).toThrow(SyntaxError);
    },
  );
});
