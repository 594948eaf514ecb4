import type { AdapterChoice } from "../adapter/adapter-options.ts";
import type { Engine } from "../engine/engine.ts";
import { PromptError, toIds, type Prompt } from "../prompt.ts";
import { scoreWindows } from "./score-windows.ts";
import { together, type CallOptions } from "./together.ts";

/** Options of a call that scores or embeds. */
export interface ScoreOptions extends AdapterChoice {
  readonly signal?: AbortSignal | undefined;
}

/** How likely a continuation is. */
export interface Score {
  readonly tokenIds: readonly number[];
  /** One per token, natural logarithms. */
  readonly logprobs: Float64Array;
  /** Their sum. */
  readonly logLikelihood: number;
  /** Whether greedy generation would give the continuation. */
  readonly isGreedy: boolean;
}

/** Options of `Model.perplexity`. */
export interface PerplexityOptions extends ScoreOptions {
  readonly window?: number | undefined;
  readonly stride?: number | undefined;
}

/** How well a model predicts a text. */
export interface Perplexity {
  readonly perplexity: number;
  /** Mean negative log-likelihood, in nats. */
  readonly loss: number;
  /** Tokens that were predicted. */
  readonly tokens: number;
}

/** What scores. */
export interface ScoreHost {
  readonly engine: Engine;
  readonly promptIds: (prompt: Prompt) => readonly number[];
}

/** @see Model.score */
export async function scoreOne(
  host: ScoreHost,
  prompt: Prompt,
  continuation: Prompt,
  options: CallOptions,
): Promise<Score> {
  const promptIds = host.promptIds(prompt);
  const whole = joined(host, prompt, promptIds, continuation);
  const tokenIds = whole.slice(promptIds.length);
  if (promptIds.length === 0) throw new PromptError("at least one token", "an empty prompt");
  if (tokenIds.length === 0) throw new PromptError("a continuation of a token", "an empty one");
  const { logprobs, isGreedy } = await host.engine.score(whole, promptIds.length, options);
  return {
    tokenIds,
    logprobs,
    logLikelihood: logprobs.reduce((sum, logprob) => sum + logprob, 0),
    isGreedy: isGreedy.every((value) => value === 1),
  };
}

function joined(
  { promptIds: encode }: ScoreHost,
  prompt: Prompt,
  promptIds: readonly number[],
  continuation: Prompt,
): readonly number[] {
  if ("tokenIds" in continuation) return [...promptIds, ...toIds(continuation.tokenIds)];
  if ("text" in prompt && "text" in continuation)
    return encode({ text: prompt.text + continuation.text });
  throw new PromptError("prompt and continuation as texts, or a continuation as ids", "a mixture");
}

/** @see Model.perplexity */
export async function perplexityOne(
  { engine, promptIds }: ScoreHost,
  text: Prompt,
  options: Omit<PerplexityOptions, "adapter"> & CallOptions,
): Promise<Perplexity> {
  const { window = engine.config.modelMaxLength, stride = window } = options;
  const tokenIds = promptIds(text);
  if (tokenIds.length < 2) throw new PromptError("at least two tokens", String(tokenIds.length));
  checkWindow(window, stride);
  const windows = scoreWindows(tokenIds.length, window, stride);
  const parts = await together([...windows], options, ({ start, end, from }, call) =>
    engine.score(tokenIds.slice(start, end), from, call),
  );
  const tokens = parts.reduce((sum, { logprobs }) => sum + logprobs.length, 0);
  const total = parts.reduce(
    (sum, { logprobs }) => logprobs.reduce((all, one) => all + one, sum),
    0,
  );
  return { perplexity: Math.exp(-total / tokens), loss: -total / tokens, tokens };
}

function checkWindow(window: number, stride: number): void {
  if (!Number.isInteger(window) || window < 2)
    throw new PromptError("a window of at least two tokens", String(window));
  if (!Number.isInteger(stride) || stride < 1 || stride > window)
    throw new PromptError(`a stride from 1 to the window of ${window}`, String(stride));
}
