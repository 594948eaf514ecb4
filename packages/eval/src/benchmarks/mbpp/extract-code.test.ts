import { describe, expect, it } from "vitest";
import { HOSTILE_MS, megabyteOf } from "../../__fixtures__/hostile.ts";
import { code2023, codeHead } from "./extract-code.ts";

/** Texts of what the extractions look for, again and again. */
const hostile = [
  "'",
  "' ",
  "'\n",
  "[BEGIN]",
  "BEGIN",
  "[BEGIN] '",
  "BEGIN '",
  "[DONE]",
  "DONE",
  "' [DONE]",
  "```",
  "```python",
  "`",
  " ",
  "\n",
  "\u3000",
  "\\_",
  "[",
];

describe("code2023", () => {
  it.each([
    ["[BEGIN]\n 'x = 1' \n[DONE]", "x = 1"],
    ["'x = 1'\nDONE and more", "x = 1"],
    ["BEGIN' x = 1", "x = 1"],
    ["x = 'a'", "x = 'a"], // one quotation mark goes at either end
    ["```python\nx = 1\n```", "```python\nx = 1\n```"],
    ["IS_DONE = 1", "IS_"],
    ["\u0085x = 1\u001c", "x = 1"],
    ["'", ""],
  ])("takes from %j", (text, code) => {
    expect(code2023(text)).toBe(code);
  });
});

describe("codeHead", () => {
  it.each([
    ["[BEGIN]\n 'x = 1' \n[DONE]", "x = 1"],
    ["[BEGIN] 'a' [DONE] [BEGIN] 'b' [DONE]", "a"], // to the last mark, then cut at the first
    ["BEGIN 'x = 1' DONE", "x = 1"],
    ["[BEGIN] x = 1 [DONE]", "x = 1"],
    ["Here:\n```python\nx = 1\n```\nDone", "x = 1"],
    ["```python\nx = 1", "x = 1"],
    ["[BEGIN]'x = 1", "x = 1"],
    ["'x = 1' [DONE]", "x = 1"],
    ["x\\_y = 1 ' [DONE] z", "x_y = 1"],
    ["x = 1 DONE", "x = 1"],
    ["'[DONE]", ""],
    ["", ""],
  ])("takes from %j", (text, code) => {
    expect(codeHead(text)).toBe(code);
  });
});

describe.each([code2023, codeHead])("%o", (codeOf) => {
  it.each(hostile)("reads a megabyte of %j in time", { timeout: HOSTILE_MS }, (piece) => {
    const text = megabyteOf(piece);
    for (const one of [text, `[BEGIN] '${text}`, `BEGIN${text}[DONE]`, `'${text}x`])
      expect(codeOf(one)).toBeTypeOf("string");
  });
});
