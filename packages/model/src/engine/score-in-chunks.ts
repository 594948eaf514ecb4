import type { Decoder, Sequence } from "../network/decoder.ts";
import { forwardInChunks } from "../network/prefill.ts";
import { tokenLogprob } from "../sampling/token-logprobs.ts";

/** How likely a model finds tokens of a text; entry i is of token `from + i`. */
export interface TokenScoring {
  /** Natural logarithm of the probability after all tokens before it. */
  readonly logprobs: Float64Array<ArrayBuffer>;
  /** 1 where the token is the most likely one, else 0. */
  readonly isGreedy: Uint8Array<ArrayBuffer>;
}

/**
 * Scores the tokens of a text from one on; those before it are context.
 *
 * @param sequence - An empty one; the caller frees it.
 * @param from - At least 1: nothing comes before the first token.
 * @yields after each chunk of the text.
 * @throws {LogitsError} if a row of logits gives no distribution.
 */
export async function* scoreInChunks(
  decoder: Decoder,
  sequence: Sequence,
  tokenIds: readonly number[],
  from: number,
  signal: AbortSignal,
): AsyncGenerator<void, TokenScoring> {
  decoder.checkTokenIds(tokenIds);
  const { vocabSize } = decoder.config;
  const count = tokenIds.length - from;
  const scoring = { logprobs: new Float64Array(count), isGreedy: new Uint8Array(count) };
  // Rows before the one that predicts token `from` need no logits, and the last token predicts nothing.
  const context = tokenIds.slice(0, from - 1);
  for await (const _ of forwardInChunks(decoder, sequence, context, "none", signal)) yield;
  let index = 0;
  const rest = tokenIds.slice(from - 1, -1);
  for await (const rows of forwardInChunks(decoder, sequence, rest, "all", signal)) {
    for (let start = 0; start < rows.length; start += vocabSize) {
      const tokenId = tokenIds[from + index] as number;
      const row = rows.subarray(start, start + vocabSize);
      const { logprob, topLogprobs } = tokenLogprob(row, tokenId, 1);
      scoring.logprobs[index] = logprob;
      scoring.isGreedy[index++] = Number(topLogprobs[0]?.tokenId === tokenId);
    }
    yield;
  }
  return scoring;
}
