import type { ChatTokenizer } from "./chat-tokenizer.ts";

/** Turns the ids of one answer into the texts that the original's stream yields. */
export interface CumulativeText {
  /** Takes the next generated id and returns the whole text so far. */
  push(tokenId: number): string;
}

/**
 * The texts of the original's `chat(…, stream=True)`: after each id the whole text so far, not a delta.
 *
 * Kept as it is there: a character split over several ids shows as U+FFFD until its last byte, the
 * end-of-sequence id repeats the last text, and every id decodes the whole answer again. For a stream of
 * deltas without these use the tokenizer's `createDecoder`.
 *
 * @see generation_utils.py `TextIterStreamer` of Baichuan2-13B-Chat, revision d022d72
 */
export function createCumulativeText(tokenizer: Pick<ChatTokenizer, "decode">): CumulativeText {
  const tokenIds: number[] = [];
  return {
    push(tokenId) {
      tokenIds.push(tokenId);
      return tokenizer.decode(tokenIds, { skipSpecialTokens: true });
    },
  };
}
