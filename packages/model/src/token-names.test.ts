import { fileURLToPath } from "node:url";
import { fromFile } from "@baichuan2/tokenizer/node";
import { expect, it } from "vitest";
import { tokenNames } from "./token-names.ts";

const file = fileURLToPath(
  new URL("../../../apps/cli/fixtures/tiny-chat/tokenizer.model", import.meta.url),
);

it("tokens are named by their text, special ones by their piece", async () => {
  const tokenizer = await fromFile(file);
  const name = tokenNames({ tokenizer, config: { vocabSize: tokenizer.vocabSize + 1 } });
  expect(name(2)).toEqual({ token: "</s>", bytes: null });
  const [er = 0] = tokenizer.encode("er");
  expect(name(er)).toEqual({ token: "er", bytes: [101, 114] });
  // "你" is E4 BD A0: without a piece of its own it is written byte by byte.
  const bytes = [0xe4, 0xbd, 0xa0].map((byte) => tokenizer.pieceToId(`<0x${hex(byte)}>`) ?? -1);
  expect(bytes.map((id) => name(id))).toEqual([
    { token: "\uFFFD", bytes: [0xe4] },
    { token: "\uFFFD", bytes: [0xbd] },
    { token: "\uFFFD", bytes: [0xa0] },
  ]);
  // A row of the head beyond the tokenizer's pieces.
  expect(name(tokenizer.vocabSize)).toEqual({ token: null, bytes: null });
});

it("tokens have no name without a tokenizer", () => {
  const name = tokenNames({ tokenizer: undefined, config: { vocabSize: 512 } });
  expect(name(5)).toEqual({ token: null, bytes: null });
});

function hex(byte: number): string {
  return byte.toString(16).toUpperCase();
}
