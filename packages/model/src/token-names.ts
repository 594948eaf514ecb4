import type { Model } from "./model.ts";
import { vocabularyOf } from "./structured/vocabulary.ts";

/** What a token is called in an answer, with the names of OpenAI's API. */
export interface TokenName {
  /** Its text, with U+FFFD for bytes that are no character alone; the piece of a special token; null without a tokenizer. */
  readonly token: string | null;
  /** Its text as UTF-8; null for special tokens and without a tokenizer. */
  readonly bytes: readonly number[] | null;
}

/** Names the tokens of a model; the vocabulary is read at the first one. */
export function tokenNames({
  tokenizer,
  config,
}: Pick<Model, "tokenizer"> & { readonly config: Pick<Model["config"], "vocabSize"> }): (
  tokenId: number,
) => TokenName {
  if (!tokenizer) return () => ({ token: null, bytes: null });
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let vocabulary: ReturnType<typeof vocabularyOf> | undefined;
  return (tokenId) => {
    const { bytes, offsets } = (vocabulary ??= vocabularyOf(tokenizer, config.vocabSize));
    const own = bytes.subarray(offsets[tokenId], offsets[tokenId + 1]);
    if (own.length > 0) return { token: decoder.decode(own), bytes: [...own] };
    return {
      token: tokenId < tokenizer.vocabSize ? tokenizer.idToPiece(tokenId) : null,
      bytes: null,
    };
  };
}
