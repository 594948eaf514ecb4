import type { Model } from "@baichuan2/model";

/** One round: processing a prompt, then generating. */
export interface Round {
  /** From the start to the first new token. */
  readonly prefillSeconds: number;
  /** Median time of the tokens after the first; undefined if there are none. */
  readonly secondsPerToken: number | undefined;
}

/** Runs one generation of exactly `newTokens` tokens after a prompt, and times it. */
export async function measureRound(
  model: Pick<Model, "generateStream">,
  promptIds: readonly number[],
  newTokens: number,
  signal: AbortSignal,
): Promise<Round> {
  const options = { maxNewTokens: newTokens, ignoreEos: true, doSample: false, signal };
  const start = performance.now();
  const arrivals: number[] = [];
  for await (const { tokenIds } of model.generateStream({ tokenIds: promptIds }, options))
    if (tokenIds.length > 0) arrivals.push(performance.now());
  const [first = start] = arrivals;
  const gaps = arrivals.slice(1).map((time, index) => (time - (arrivals[index] ?? time)) / 1e3);
  return { prefillSeconds: (first - start) / 1e3, secondsPerToken: median(gaps) };
}

/** Different ids in each round, so that no cache of prompts can help; never one of the special tokens. */
export function promptOfRound(round: number, length: number, vocabSize: number): number[] {
  const first = Math.min(1000, Math.floor(vocabSize / 2));
  // 7919 is a prime far from any vocabulary size: neighbours differ and rounds do not repeat each other.
  return Array.from(
    { length },
    (_, i) => first + (((round + 1) * 7919 + i * 104_729) % (vocabSize - first)),
  );
}

/** The middle value, or the mean of the two in the middle; undefined for none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
