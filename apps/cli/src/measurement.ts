import type { Model } from "@baichuan2/model";

/** One round: processing prompts, then generating, with all streams at once. */
export interface Round {
  /** From the start to the first new token of the last stream. */
  readonly prefillSeconds: number;
  /** Time of a token of one stream while all generate; undefined if there is none after the first. */
  readonly secondsPerToken: number | undefined;
  /** Tokens of all streams in a second, while all generate. */
  readonly totalTokPerSec: number | undefined;
}

/** How a round runs. */
export interface RoundOptions {
  readonly newTokens: number;
  readonly speculative?: boolean | undefined;
  readonly signal: AbortSignal;
}

/** New tokens that came at once. */
interface Arrival {
  readonly time: number;
  readonly tokens: number;
}

/** Prompt tokens that the engine is sure to process beside one new token of the other streams. */
const ROWS_BESIDE = 16;

/**
 * Runs a generation for each prompt, all at once, and times them.
 *
 * One stream makes exactly `newTokens` tokens. Of several those that start first go on until the last one has made that
 * many, so that all of them generate together for a while.
 */
export async function measureRound(
  model: Pick<Model, "generateStream">,
  prompts: readonly (readonly number[])[],
  { newTokens, speculative = false, signal }: RoundOptions,
): Promise<Round> {
  const waits = prompts.slice(1).reduce((sum, ids) => sum + Math.ceil(ids.length / ROWS_BESIDE), 0);
  const maxNewTokens = newTokens + waits;
  const options = { maxNewTokens, ignoreEos: true, doSample: false, n: 1, speculative, signal };
  const streams = prompts.map((): Arrival[] => []);
  const start = performance.now();
  const run = async (tokenIds: readonly number[], index: number): Promise<void> => {
    for await (const delta of model.generateStream({ tokenIds }, options)) {
      const tokens = delta.tokenIds.length;
      if (tokens > 0) streams[index]?.push({ time: performance.now(), tokens });
      if (streams.every((stream) => countTokens(stream) >= newTokens)) return;
    }
  };
  await Promise.all(prompts.map(run));
  return {
    prefillSeconds: (startOfAll(streams) - start) / 1e3,
    ...decodeRates(streams, speculative),
  };
}

/** When the last stream had its first token. */
function startOfAll(streams: readonly (readonly Arrival[])[]): number {
  return Math.max(...streams.map(([first]) => first?.time ?? 0));
}

/** Rates from where all streams generate to where the first one ends. */
function decodeRates(
  streams: readonly (readonly Arrival[])[],
  isSpeculative: boolean,
): Pick<Round, "secondsPerToken" | "totalTokPerSec"> {
  const from = startOfAll(streams);
  const to = Math.min(...streams.map((stream) => stream.at(-1)?.time ?? 0));
  const isWithin = ({ time }: Arrival): boolean => time > from && time <= to;
  const tokens = countTokens(streams.flatMap((stream) => stream.filter(isWithin)));
  if (tokens === 0) return { secondsPerToken: undefined, totalTokPerSec: undefined };
  const totalTokPerSec = (tokens * 1e3) / (to - from);
  // Guessed tokens come several at once: the median of the times between them would hide that.
  const gaps = streams.flatMap((stream) =>
    stream.flatMap((arrival, index) =>
      isWithin(arrival) ? [(arrival.time - (stream[index - 1]?.time ?? from)) / 1e3] : [],
    ),
  );
  return {
    secondsPerToken: isSpeculative ? streams.length / totalTokPerSec : median(gaps),
    totalTokPerSec,
  };
}

function countTokens(stream: readonly Arrival[]): number {
  return stream.reduce((sum, { tokens }) => sum + tokens, 0);
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
