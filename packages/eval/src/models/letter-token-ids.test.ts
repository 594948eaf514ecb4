import { expect, it } from "vitest";
import { LetterError } from "./letter-error.ts";
import { letterTokenIds } from "./letter-token-ids.ts";

/** `A` and `▁A` are a token each, `▁` `B` are two, and `C` is three bytes. */
const TOKENS: Readonly<Record<string, number[]>> = {
  A: [5],
  " A": [6],
  B: [7],
  " B": [1, 7],
  C: [2, 3, 4],
  " C": [1, 2, 3, 4],
};
const tokenizer = { encode: (text: string) => TOKENS[text] ?? [] };

it("takes the tokens of the spellings that are asked for", () => {
  expect(letterTokenIds(tokenizer, "A", "bare")).toEqual([5]);
  expect(letterTokenIds(tokenizer, "A", "spaced")).toEqual([6]);
  expect(letterTokenIds(tokenizer, "A", "both")).toEqual([5, 6]);
});

it("leaves a spelling of two tokens out where another is one", () => {
  expect(letterTokenIds(tokenizer, "B", "both")).toEqual([7]);
});

it("refuses a letter without a spelling of one token", () => {
  expect(() => letterTokenIds(tokenizer, "B", "spaced")).toThrow(
    new LetterError("B", 'one token for " B"', [2], "use --letters bare"),
  );
  expect(() => letterTokenIds(tokenizer, "B", "spaced")).toThrow(
    'letter B: expected one token for " B", got 2 (use --letters bare)',
  );
  expect(() => letterTokenIds(tokenizer, "C", "bare")).toThrow('one token for "C", got 3');
  expect(() => letterTokenIds(tokenizer, "C", "both")).toThrow('"C" or " C", got 3 and 4');
});
