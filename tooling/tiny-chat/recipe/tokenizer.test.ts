import { fileURLToPath } from "node:url";
import { fromFile } from "@baichuan2/tokenizer/node";
import { describe, expect, it } from "vitest";
import { readQuestions } from "./read-data.ts";
import { ASSISTANT_TOKEN_ID, USER_TOKEN_ID, VOCAB_SIZE } from "./shapes.ts";
import { namedPieces } from "./tokenizer-symbols.ts";

const file = fileURLToPath(new URL("../model/tokenizer.model", import.meta.url));
const tokenizer = await fromFile(file);

/** The first byte's piece, behind all named ones. */
const FIRST_BYTE = 197;

describe("the tokenizer of the bundled model", () => {
  it("has the named pieces of Baichuan2's at the same ids", () => {
    expect(tokenizer.vocabSize).toBe(VOCAB_SIZE);
    expect(3 + namedPieces.length).toBe(FIRST_BYTE);
    for (const [index, piece] of namedPieces.entries())
      expect(tokenizer.encode(piece, { specialTokens: "parse" }), piece).toEqual([3 + index]);
    const markers = tokenizer.encode("<reserved_106><reserved_107>", { specialTokens: "parse" });
    expect(markers).toEqual([USER_TOKEN_ID, ASSISTANT_TOKEN_ID]);
  });

  it("splits digits and falls back to bytes", () => {
    expect(tokenizer.encode("125")).toHaveLength(3);
    // U+1F600 is F0 9F 98 80.
    const bytes = [0xf0, 0x9f, 0x98, 0x80].map((byte) => FIRST_BYTE + byte);
    expect(tokenizer.encode("😀")).toEqual(bytes);
  });

  it("gives back every text of the data, and no byte is needed for what is seen", async () => {
    const exchanges = (await readQuestions()).flatMap(({ seen }) => seen);
    for (const text of exchanges.flatMap(({ question, answer }) => [question, answer])) {
      const ids = tokenizer.encode(text);
      expect(tokenizer.decode(ids)).toBe(text);
      const isByte = (id: number): boolean => id >= FIRST_BYTE && id < FIRST_BYTE + 256;
      expect(ids.some(isByte), text).toBe(false);
    }
  });
});
