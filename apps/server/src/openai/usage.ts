import type { GenerationResult, Timings, Usage } from "@baichuan2/model";

/** Token counts as OpenAI's API tells them. */
export function usageBody({ promptTokens, cachedTokens, completionTokens }: Usage) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}

/** Sums of several generations. */
export function sumUsage(all: readonly Usage[]): Usage {
  return all.reduce(
    (sum, one) => ({
      promptTokens: sum.promptTokens + one.promptTokens,
      cachedTokens: sum.cachedTokens + one.cachedTokens,
      completionTokens: sum.completionTokens + one.completionTokens,
    }),
    { promptTokens: 0, cachedTokens: 0, completionTokens: 0 },
  );
}

/** Extension: where the time went. */
export function timingsBody({ timings, usage }: Pick<GenerationResult, "timings" | "usage">): {
  readonly queue_ms: number;
  readonly prefill_ms: number;
  readonly decode_ms: number;
  readonly tokens_per_second: number;
} {
  const { queueMs, prefillMs, decodeMs }: Timings = timings;
  return {
    queue_ms: round(queueMs),
    prefill_ms: round(prefillMs),
    decode_ms: round(decodeMs),
    tokens_per_second: decodeMs > 0 ? round((1000 * usage.completionTokens) / decodeMs) : 0,
  };
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
