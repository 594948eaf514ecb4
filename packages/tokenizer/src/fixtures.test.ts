import { fileURLToPath } from "node:url";
import { readJsonLines } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import { tinyModel } from "./__fixtures__/model-file.ts";
import { BaichuanTokenizer } from "./baichuan-tokenizer.ts";
import { createSentencePieceTokenizer } from "./sentencepiece/index.ts";
import type { Tokenizer } from "./tokenizer.ts";

interface Row {
  readonly id: string;
  readonly text: string;
  readonly ids: number[];
  readonly decoded: string;
}

function expectRows(tokenizer: Tokenizer, name: string): void {
  const rows = readJsonLines<Row>(
    fileURLToPath(new URL(`__fixtures__/${name}.jsonl`, import.meta.url)),
  );
  expect(rows.length).toBeGreaterThan(300);
  for (const { id, text, ids, decoded } of rows) {
    expect(tokenizer.encode(text, { specialTokens: "parse" }), id).toEqual(ids);
    expect(tokenizer.decode(ids), id).toBe(decoded);
  }
}

describe("rows made with SentencePiece's C++", () => {
  it.each(["tiny-baichuan-like", "tiny-llama-like"])("all pass on %s", (name) => {
    expectRows(BaichuanTokenizer.fromBytes(tinyModel(name)), name);
  });

  it.each(["tiny-baichuan-like", "tiny-llama-like", "tiny-unigram", "tiny-bpe-nfkc-dummy"])(
    "all pass on %s with the sentencepiece entry",
    async (name) => {
      using tokenizer = await createSentencePieceTokenizer(tinyModel(name));
      expectRows(tokenizer, name);
    },
  );
});
