import type { Tokenizer } from "@baichuan2/tokenizer";
import type { FinishReason } from "./engine/protocol.ts";
import { createStopMatcher } from "./sampling/stop-matcher.ts";

/** A piece of a generation: new ids and the text they made certain (either may be empty). */
export interface GenerationDelta {
  readonly tokenIds: readonly number[];
  readonly text: string;
}

/** What a stream of ids is turned into text with. */
export interface TextStreamOptions {
  /** Without one there is no text and no stop string. */
  readonly tokenizer?: Tokenizer | undefined;
  readonly stop: readonly string[];
  /** Ids that end the text and are not part of it. */
  readonly eosTokenIds: readonly number[];
}

/**
 * Turns ids into text: decodes, watches for stop strings, ends at the first one.
 *
 * @returns why the text ended.
 */
export async function* streamText(
  tokenIds: AsyncGenerator<number, FinishReason>,
  { tokenizer, stop, eosTokenIds }: TextStreamOptions,
): AsyncGenerator<GenerationDelta, FinishReason> {
  const decoder = tokenizer?.createDecoder({ skipSpecialTokens: true });
  const matcher = createStopMatcher(stop);
  try {
    for (;;) {
      const next = await tokenIds.next();
      if (next.done) {
        const text = matcher.push(decoder?.flush() ?? "") + matcher.flush();
        if (text !== "") yield { tokenIds: [], text };
        return matcher.matched === undefined ? next.value : "stop";
      }
      const isEnd = eosTokenIds.includes(next.value);
      const text = matcher.push(isEnd ? "" : (decoder?.push(next.value) ?? ""));
      yield { tokenIds: [next.value], text };
      if (matcher.matched !== undefined) return "stop";
    }
  } finally {
    await tokenIds.return("stop");
  }
}
