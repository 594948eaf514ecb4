import { argmax } from "./argmax.ts";
import type { FilterContext, ScoreFilter } from "./filter.ts";
import { LogitsError } from "./logits-error.ts";
import { minP } from "./min-p.ts";
import { createRandom, randomSeed } from "./random.ts";
import { repetitionPenalty } from "./repetition-penalty.ts";
import { softmax } from "./softmax.ts";
import { temperature } from "./temperature.ts";
import type { TokenHistory } from "./token-history.ts";
import { topK } from "./top-k.ts";
import { topP } from "./top-p.ts";
import { workspaceFor, type Workspace } from "./workspace.ts";

/** How the next id is chosen; a `GenerationConfig` fits. Values are taken as validated there. */
export interface SamplerOptions {
  /** false: the highest score after the repetition penalty; the fields below it are not used. */
  readonly doSample: boolean;
  /** > 0; 1 changes nothing. */
  readonly temperature: number;
  /** 0 keeps all ids. */
  readonly topK: number;
  /** 0 < topP <= 1; 1 keeps all ids. */
  readonly topP: number;
  /** 0 <= minP <= 1; 0 keeps all ids. */
  readonly minP?: number | undefined;
  /** > 0; 1 changes nothing. */
  readonly repetitionPenalty: number;
  /** Unsigned 32-bit; without one a random seed is drawn, see `Sampler.seed`. */
  readonly seed?: number | undefined;
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
}

/** Creates the sampler of one sequence. */
export function createSampler(options: SamplerOptions): Sampler {
  const processors = listProcessors(options);
  const warpers = options.doSample ? listWarpers(options) : [];
  const seed = options.seed ?? randomSeed();
  const random = createRandom(seed);

  const process = (logits: Float32Array, history: TokenHistory): Workspace => {
    const workspace = workspaceFor(logits.length);
    copyChecked(logits, workspace.scores);
    runFilters(processors, workspace, history);
    return workspace;
  };
  const greedy = (logits: Float32Array, history: TokenHistory): number =>
    orNoToken(argmax(process(logits, history).scores));
  const warp = (logits: Float32Array, history: TokenHistory): Workspace => {
    const workspace = process(logits, history);
    workspace.candidates.reset(workspace.scores);
    if (workspace.candidates.count === 0) orNoToken(-1);
    runFilters(warpers, workspace, history);
    softmax(workspace.scores, workspace.candidates, workspace.probabilities);
    return workspace;
  };

  return {
    seed,
    sample: (logits, history) =>
      options.doSample ? draw(warp(logits, history), random.next()) : greedy(logits, history),
    distribution: (logits, history) => {
      if (!options.doSample) {
        return {
          tokenIds: Int32Array.of(greedy(logits, history)),
          probabilities: Float64Array.of(1),
        };
      }
      const { candidates, probabilities } = warp(logits, history);
      return {
        tokenIds: candidates.ids.slice(0, candidates.count),
        probabilities: probabilities.slice(0, candidates.count),
      };
    },
  };
}

/** Filters that also change a greedy choice, in the order of transformers. */
function listProcessors(options: SamplerOptions): ScoreFilter[] {
  const filters: ScoreFilter[] = [];
  if (options.repetitionPenalty !== 1) filters.push(repetitionPenalty(options.repetitionPenalty));
  return filters;
}

/** Filters that only shape a draw, in the order of transformers. */
function listWarpers(options: SamplerOptions): ScoreFilter[] {
  const filters: ScoreFilter[] = [];
  if (options.temperature !== 1) filters.push(temperature(options.temperature));
  if (options.topK > 0) filters.push(topK(options.topK));
  if (options.topP < 1) filters.push(topP(options.topP));
  if (options.minP !== undefined && options.minP > 0) filters.push(minP(options.minP));
  return filters;
}

function runFilters(
  filters: readonly ScoreFilter[],
  { scores, candidates }: Workspace,
  history: TokenHistory,
): void {
  const context: FilterContext = { history, candidates };
  for (const filter of filters) filter(scores, context);
}

function copyChecked(logits: Float32Array, scores: Float32Array): void {
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] as number;
    if (!(logit < Infinity)) throw new LogitsError("finite logits", `${logit} for id ${id}`, id);
    scores[id] = logit;
  }
}

function orNoToken(tokenId: number): number {
  if (tokenId < 0) throw new LogitsError("an id with a score above -Infinity", "none");
  return tokenId;
}

/** Walks the cumulative distribution; rounding may leave it a hair below 1, then the last id it is. */
function draw({ candidates, probabilities }: Workspace, uniform: number): number {
  const last = candidates.count - 1;
  let cumulative = 0;
  for (let index = 0; index < last; index++) {
    cumulative += probabilities[index] as number;
    if (uniform < cumulative) return candidates.ids[index] as number;
  }
  return candidates.ids[last] as number;
}
