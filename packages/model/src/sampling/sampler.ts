import { argmax } from "./argmax.ts";
import type { LogitsProcessor, Warper } from "./filter.ts";
import { logitBias } from "./logit-bias.ts";
import { LogitsError } from "./logits-error.ts";
import { minP } from "./min-p.ts";
import { noRepeatNgram } from "./no-repeat-ngram.ts";
import { outputPenalties } from "./output-penalties.ts";
import { createRandom, randomSeed } from "./random.ts";
import { repetitionPenalty } from "./repetition-penalty.ts";
import { softmaxWeights } from "./softmax.ts";
import { temperature } from "./temperature.ts";
import type { TokenHistory } from "./token-history.ts";
import { topK } from "./top-k.ts";
import { topP } from "./top-p.ts";
import { typicalP } from "./typical-p.ts";
import { workspaceFor, type Workspace } from "./workspace.ts";

/** How the next id is chosen; a `GenerationConfig` fits. Values are taken as validated there. */
export interface SamplerOptions {
  /** false: the highest score after the processors; the warpers and the seed are not used. */
  readonly doSample: boolean;
  /** > 0; 1 changes nothing. */
  readonly temperature: number;
  /** 0 keeps all ids. */
  readonly topK: number;
  /** 0 < topP <= 1; 1 keeps all ids. */
  readonly topP: number;
  /** 0 <= minP <= 1; 0 keeps all ids. */
  readonly minP?: number | undefined;
  /** 0 < typicalP <= 1; 1 keeps all ids. */
  readonly typicalP?: number | undefined;
  /** > 0; 1 changes nothing. */
  readonly repetitionPenalty: number;
  /** 0 changes nothing. */
  readonly presencePenalty?: number | undefined;
  /** 0 changes nothing. */
  readonly frequencyPenalty?: number | undefined;
  /** By id. */
  readonly logitBias?: Readonly<Record<number, number>> | undefined;
  /** 0 allows any repeat. */
  readonly noRepeatNgramSize?: number | undefined;
  /** Unsigned 32-bit; without one a random seed is drawn, see `Sampler.seed`. */
  readonly seed?: number | undefined;
  /** Which of several choices of one seed this is; each draws from its own stream. Unsigned 32-bit, default 0. */
  readonly choice?: number | undefined;
}

/** What a sequence brings besides options. */
export interface SamplerExtra {
  /** Run after bias and penalties, in their order: what they forbid stays forbidden. */
  readonly processors?: readonly LogitsProcessor[] | undefined;
}

/** Ids that can be drawn and how likely each is. */
export interface Distribution {
  /** Ascending. */
  readonly tokenIds: Int32Array;
  /** Same order; they sum to 1. */
  readonly probabilities: Float64Array;
}

/** Chooses the next id of one sequence. */
export interface Sampler {
  /** The seed in use: the same seed, options and logits give the same ids again. */
  readonly seed: number;
  /**
   * Chooses an id; one random number is used up for each draw.
   *
   * @param logits - Shape `[V]`; left unchanged.
   * @param history - Prompt and output so far; the caller pushes the chosen id.
   * @throws {LogitsError} if a logit is NaN or +Infinity, or all are -Infinity.
   */
  sample(logits: Float32Array, history: TokenHistory): number;
  /** What `sample` would draw from; greedy: the one id with probability 1. Uses up no random number. */
  distribution(logits: Float32Array, history: TokenHistory): Distribution;
  /**
   * The sampler of another choice: same options and seed, as many numbers used up, another stream.
   *
   * @param extra - The choice's own; default: the same as here, which is right if they keep no state.
   */
  fork(choice: number, extra?: SamplerExtra): Sampler;
}

/** Creates the sampler of one sequence. */
export function createSampler(options: SamplerOptions, extra: SamplerExtra = {}): Sampler {
  return samplerAt({ ...options, seed: options.seed ?? randomSeed() }, extra, 0);
}

/** @param position - How many numbers of the stream are used up. */
function samplerAt(
  options: SamplerOptions & { readonly seed: number },
  extra: SamplerExtra,
  position: number,
): Sampler {
  const { seed } = options;
  const processors = listProcessors(options, extra.processors ?? []);
  const warpers = listWarpers(options);
  const random = createRandom(seed, options.choice, position);

  const process = (logits: Float32Array, history: TokenHistory): Workspace => {
    const workspace = workspaceFor(logits.length);
    workspace.candidates.reset();
    copyChecked(logits, workspace.candidates.scores);
    for (const processor of processors) processor(workspace.candidates.scores, history);
    return workspace;
  };
  const sample = (logits: Float32Array, history: TokenHistory): number => {
    const workspace = process(logits, history);
    if (!options.doSample) return argmax(workspace.candidates.scores);
    return draw(workspace, warp(workspace, warpers), random.next());
  };
  const distribution = (logits: Float32Array, history: TokenHistory): Distribution => {
    const workspace = process(logits, history);
    const { candidates, weights } = workspace;
    if (!options.doSample) {
      const best = argmax(candidates.scores);
      return { tokenIds: Int32Array.of(best), probabilities: Float64Array.of(1) };
    }
    // Forbidden ids would be listed with probability 0.
    candidates.retainFrom(-Infinity);
    const sum = warp(workspace, warpers);
    const probabilities = weights.slice(0, candidates.count).map((weight) => weight / sum);
    return { tokenIds: candidates.listIds(), probabilities };
  };
  const fork = (choice: number, forkExtra = extra): Sampler =>
    samplerAt({ ...options, choice }, forkExtra, random.position);
  return { seed, sample, distribution, fork };
}

/**
 * Filters that also change a greedy choice, in the order of transformers (whose bias is `sequence_bias`). The ban on
 * repeats comes last: it yields where the others leave nothing else.
 */
function listProcessors(
  options: SamplerOptions,
  others: readonly LogitsProcessor[],
): LogitsProcessor[] {
  const { presencePenalty = 0, frequencyPenalty = 0, noRepeatNgramSize = 0 } = options;
  const processors: LogitsProcessor[] = [];
  if (options.logitBias) processors.push(logitBias(options.logitBias));
  if (options.repetitionPenalty !== 1) {
    processors.push(repetitionPenalty(options.repetitionPenalty));
  }
  if (presencePenalty !== 0 || frequencyPenalty !== 0) {
    processors.push(outputPenalties(presencePenalty, frequencyPenalty));
  }
  processors.push(...others);
  if (noRepeatNgramSize > 0) processors.push(noRepeatNgram(noRepeatNgramSize));
  return processors;
}

/** Filters that only shape a draw, in the order of transformers. */
function listWarpers(options: SamplerOptions): Warper[] {
  const warpers: Warper[] = [];
  if (options.temperature !== 1) warpers.push(temperature(options.temperature));
  if (options.topK > 0) warpers.push(topK(options.topK));
  if (options.topP < 1) warpers.push(topP(options.topP));
  if (options.minP !== undefined && options.minP > 0) warpers.push(minP(options.minP));
  if (options.typicalP !== undefined && options.typicalP < 1) {
    warpers.push(typicalP(options.typicalP));
  }
  return warpers;
}

function copyChecked(logits: Float32Array, scores: Float32Array): void {
  const { length } = logits;
  for (let id = 0; id < length; id++) {
    const logit = logits[id] as number;
    if (!(logit < Infinity)) throw new LogitsError("finite logits", `${logit} for id ${id}`, id);
  }
  scores.set(logits);
}

/** @returns the sum of the weights of what is left. */
function warp({ candidates, weights }: Workspace, warpers: readonly Warper[]): number {
  for (const warper of warpers) warper(candidates);
  return softmaxWeights(candidates, weights);
}

/**
 * Walks the cumulative weights. A forbidden id has weight 0 and is never reached: `target` is at least 0 and
 * must be below. Rounding may leave the last sum a hair too low; then it is the last id that has weight.
 */
function draw({ candidates, weights }: Workspace, sum: number, uniform: number): number {
  const { count } = candidates;
  const target = uniform * sum;
  let cumulative = 0;
  let place = 0;
  for (let last = 0; last < count; last++) {
    const weight = weights[last] as number;
    if (weight > 0) place = last;
    cumulative += weight;
    if (target < cumulative) break;
  }
  return candidates.idAt(place);
}
