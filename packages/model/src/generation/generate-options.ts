import type { AdapterChoice } from "../adapter/adapter-options.ts";
import type { ChatPromptOptions } from "../chat/chat-prompt.ts";
import type { GenerationOptions } from "../generation-config.ts";
import type { TokenLogprob } from "../sampling/token-logprobs.ts";
import type { ResponseFormat } from "../structured/response-format.ts";
import type { GenerationChoice } from "./choice-text.ts";

/**
 * Changes the network's logits before anything else does: penalties, biases and filters come after it.
 *
 * Each token waits for it, and its row crosses to the caller's thread and back (0.5 MB).
 *
 * @param logits - `[V]`; to be changed in place. -Infinity forbids an id; NaN and +Infinity end the generation with a
 *   `LogitsError`.
 * @param context - Prompt and output so far, and which of the `n` texts it is.
 */
export type LogitsHook = (
  logits: Float32Array,
  context: { readonly tokenIds: readonly number[]; readonly choice: number },
) => void | Promise<void>;

/** Options of one generation. */
export interface GenerateOptions extends GenerationOptions, AdapterChoice {
  readonly signal?: AbortSignal | undefined;
  /** Prompts exactly as the published code builds them, bare or with its tokenizer class (see chat/DIFFERENCES.md). */
  readonly compat?: ChatPromptOptions["compat"];
  /**
   * What the text must be: JSON of a schema, a regular expression, a choice. It then ends with an end-of-sequence token or
   * where nothing may follow; with `ignoreEos` too. Cut off by `maxNewTokens` only where no text fits that.
   */
  readonly responseFormat?: ResponseFormat | undefined;
  /** Called for each new token. */
  readonly logitsProcessor?: LogitsHook | undefined;
  /**
   * Guesses the next tokens where the text repeats itself or its prompt (code edits, quotes, summaries) and checks several
   * in one run: the same distribution, sooner. Only while nothing else runs; not with a `logitsProcessor`. Default false.
   */
  readonly speculative?: boolean | undefined;
}

/** Token counts of one generation. */
export interface Usage {
  readonly promptTokens: number;
  /** Of these, found in the prefix cache and not computed. */
  readonly cachedTokens: number;
  /** Of all `n` texts. */
  readonly completionTokens: number;
}

/** Where the time of one generation went, in milliseconds. */
export interface Timings {
  /** From the call to the first run that it has a part in. */
  readonly queueMs: number;
  /** From there to the first token. */
  readonly prefillMs: number;
  /** From there to the end. */
  readonly decodeMs: number;
}

/** A finished generation: its first text, and all of them. */
export interface GenerationResult extends GenerationChoice {
  /** As many as `n` says. */
  readonly choices: readonly GenerationChoice[];
  /** One per token of the prompt but the first, where they were asked for. */
  readonly promptLogprobs?: readonly TokenLogprob[] | undefined;
  readonly usage: Usage;
  readonly timings: Timings;
  /**
   * With this seed and the same options the same text comes again, as long as the same rows share its runs.
   *
   * Other requests at the same time, or a prompt that is cut differently, change the logits: in float32 by float rounding
   * (1e-6 of their rms), with nf4 and int4 also where that flips a step of an int8 activation (up to 0.5 % was seen).
   * LLM.int8() (dtype int8) takes its outlier columns over all rows of a run, as the original does: 1 to 3 %, so that
   * another text is likely. A model loaded with `deterministic` gives the same text whatever else runs.
   */
  readonly seed: number;
}
