import fc from "fast-check";
import { SentencePieceProcessor } from "sentencepiece-js";
import { expect, it } from "vitest";
import { tinyModel } from "../__fixtures__/model-file.ts";
import { fileURLToPath } from "node:url";
import { createSentencePieceTokenizer } from "./sentencepiece-tokenizer.ts";

it.each(["tiny-baichuan-like", "tiny-llama-like", "tiny-unigram", "tiny-bpe-nfkc-dummy"])(
  "decode writes what SentencePiece's C++ writes for any ids of %s",
  async (name) => {
    using tokenizer = await createSentencePieceTokenizer(tinyModel(name));
    const oracle = new SentencePieceProcessor();
    await oracle.load(fileURLToPath(new URL(`../__fixtures__/${name}.model`, import.meta.url)));
    const id = fc.oneof(
      fc.nat(tokenizer.vocabSize - 1),
      // Low ids: unknown, control and user-defined pieces, and bytes where the model has them.
      fc.nat(270),
    );
    fc.assert(
      fc.property(fc.array(id, { maxLength: 12 }), (tokenIds) => {
        const text = tokenizer.decode(tokenIds);
        // The oracle's glue loses a U+FEFF at the start of a text, and splits texts at NUL.
        fc.pre(!text.startsWith("\ufeff") && !text.includes("\0"));
        expect(text).toBe(oracle.decodeIds(tokenIds));
      }),
      { numRuns: 1000 },
    );
  },
);
