import fc from "fast-check";
import { expect, it } from "vitest";
import { allCodePoints, codePointSet } from "../language/code-point-set.ts";
import { byteSequences, type CharacterEncoding } from "./utf8-ranges.ts";

function matches(set: readonly number[], encoding: CharacterEncoding, text: string): boolean {
  const bytes = [...new TextEncoder().encode(text)];
  return [...byteSequences(set, encoding)].some(
    (ranges) =>
      ranges.length === bytes.length &&
      ranges.every(([first, last], index) => {
        const byte = bytes[index] as number;
        return byte >= first && byte <= last;
      }),
  );
}

it("byteSequences of all characters are the nine rows of well-formed UTF-8", () => {
  // The Unicode Standard 15.0, table 3-7.
  const firsts = [...byteSequences(allCodePoints, "plain")].map(([first]) => first?.join("-"));
  expect(firsts).toEqual(
    [
      [0, 0x7f],
      [0xc2, 0xdf],
      [0xe0, 0xe0],
      [0xe1, 0xec],
      [0xed, 0xed],
      [0xee, 0xef],
      [0xf0, 0xf0],
      [0xf1, 0xf3],
      [0xf4, 0xf4],
    ].map((range) => range.join("-")),
  );
});

it("byteSequences write exactly the characters of a set, as JSON does where asked", () => {
  const point = fc.integer({ min: 0, max: 0x10ffff });
  const near = fc.constantFrom(
    0x1f,
    0x22,
    0x5c,
    0x7f,
    0x80,
    0x7ff,
    0x800,
    0xd7ff,
    0xe000,
    0xffff,
    0x10000,
  );
  const bound = fc.oneof(point, near);
  fc.assert(
    fc.property(bound, bound, bound, (a, b, sample) => {
      const set = codePointSet([[Math.min(a, b), Math.max(a, b)]]);
      const text = String.fromCodePoint(sample);
      if (!text.isWellFormed()) return;
      const isIn = sample >= Math.min(a, b) && sample <= Math.max(a, b);
      expect(matches(set, "plain", text)).toBe(isIn);
      expect(matches(set, "json", JSON.stringify(text).slice(1, -1))).toBe(isIn);
    }),
  );
});
