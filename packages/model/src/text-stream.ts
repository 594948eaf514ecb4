import type { Tokenizer } from "@baichuan2/tokenizer";
import type { Finish } from "./engine/engine.ts";
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
 * @returns why the text ended, and the sampler's seed.
 */
export async function* streamText(
  tokenIds: AsyncGenerator<number, Finish>,
  { tokenizer, stop, eosTokenIds }: TextStreamOptions,
): AsyncGenerator<GenerationDelta, { reason: FinishReason; seed: number | undefined }> {
  const decoder = tokenizer?.createDecoder({ skipSpecialTokens: true });
  const matcher = createStopMatcher(stop);
  try {
    for (;;) {
      const next = await tokenIds.next();
      if (next.done) {
        const text = matcher.push(decoder?.flush() ?? "") + matcher.flush();
        if (text !== "") yield { tokenIds: [], text };
        return {
          reason: matcher.matched === undefined ? next.value.reason : "stop",
          seed: next.value.seed,
        };
      }
      const isEnd = eosTokenIds.includes(next.value);
      const text = matcher.push(isEnd ? "" : (decoder?.push(next.value) ?? ""));
      yield { tokenIds: [next.value], text };
      if (matcher.matched !== undefined) return { reason: "stop", seed: undefined };
    }
  } finally {
    await tokenIds.return({ reason: "stop", seed: 0 });
  }
}
