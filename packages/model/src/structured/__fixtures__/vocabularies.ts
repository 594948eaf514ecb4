import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromFile } from "@baichuan2/tokenizer/node";
import { BaichuanTokenizer } from "@baichuan2/tokenizer";
import { sharedData } from "@baichuan2/tooling/golden";
import { type Vocabulary, vocabularyOf } from "../vocabulary.ts";

/** Baichuan2's own tokenizer, in the golden data. */
export const REAL_TOKENIZER = "tokenizer/baichuan2.tokenizer.model";

const tinyModel = new URL(
  "../../../../tokenizer/src/__fixtures__/tiny-baichuan-like.model",
  import.meta.url,
);

/** A tokenizer of Baichuan2's kind with 3,000 pieces. */
export function tinyTokenizer(): BaichuanTokenizer {
  return BaichuanTokenizer.fromBytes(readFileSync(fileURLToPath(tinyModel)));
}

/** The 3,000 pieces of {@link tinyTokenizer}. */
export function tinyVocabulary(): Vocabulary {
  const tokenizer = tinyTokenizer();
  return vocabularyOf(tokenizer, tokenizer.vocabSize);
}

/** Baichuan2's 125,696 pieces. */
export async function realVocabulary(): Promise<Vocabulary> {
  const tokenizer = await fromFile(sharedData(REAL_TOKENIZER));
  return vocabularyOf(tokenizer, tokenizer.vocabSize);
}

/** A vocabulary of every byte, some texts, and an end token: the last id. */
export function smallVocabulary(texts: readonly string[]): Vocabulary & { readonly eosTokenId: number } {
  const encoder = new TextEncoder();
  const pieces = [
    ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
    ...texts.map((text) => encoder.encode(text)),
    new Uint8Array(),
  ];
  const offsets = Int32Array.from({ length: pieces.length + 1 });
  for (const [id, piece] of pieces.entries()) offsets[id + 1] = (offsets[id] ?? 0) + piece.length;
  const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
  const eosTokenId = pieces.length - 1;
  return { bytes, offsets, specialIds: [eosTokenId], eosTokenId };
}
