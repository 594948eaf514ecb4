import { UnsupportedError } from "@baichuan2/kernels";
import type { Tokenizer } from "@baichuan2/tokenizer";
import type { AdapterChoice } from "../adapter/adapter-options.ts";
import type { EngineGeneration, ProcessLogits } from "../engine/engine-generation.ts";
import type { EngineSequence } from "../engine/engine-sequence.ts";
import type { Engine, FormatVocabulary } from "../engine/engine.ts";
import type { GenerateJob } from "../engine/protocol.ts";
import {
  mergeGenerationOptions,
  type GenerationConfig,
  type GenerationOptions,
} from "../generation-config.ts";
import { randomSeed } from "../sampling/random.ts";
import { plainFormat } from "../structured/response-format.ts";
import { vocabularyOf } from "../structured/vocabulary.ts";
import { ChoiceText, type GenerationDelta } from "./choice-text.ts";
import type { GenerateOptions, GenerationResult, LogitsHook } from "./generate-options.ts";
import { GenerationTrace } from "./generation-trace.ts";

/** What generates. */
export interface GenerationHost {
  readonly engine: Engine;
  readonly generationConfig: GenerationConfig;
  readonly tokenizer: Tokenizer | undefined;
  /** @throws {NoTokenizerError} if there is none. */
  readonly requireTokenizer: () => Tokenizer;
  /**
   * The adapter that a request's option means; undefined: none.
   *
   * @throws {AdapterError} if none has the name.
   */
  readonly adapterOf: (choice: AdapterChoice["adapter"]) => string | undefined;
}

/** What a generation continues. */
export interface GenerationStart {
  readonly promptIds: readonly number[];
  /** Most new tokens that there is room for. */
  readonly room?: number | undefined;
  /** A held sequence that comes before the prompt and takes up the text, with its tokens. */
  readonly held?: { readonly sequence: EngineSequence; readonly tokenIds: readonly number[] };
}

/** Options of a call, checked, with the checkpoint's where they are silent. */
export interface Generation {
  readonly config: GenerationConfig;
  readonly options: Omit<GenerateOptions, keyof GenerationOptions | "adapter">;
  /** Name of the adapter; undefined: none. */
  readonly adapter: string | undefined;
}

/**
 * Checks the options of a generation.
 *
 * @throws {GenerationOptionError} for an option that cannot be used.
 * @throws {AdapterError} for an adapter that is not loaded.
 * @throws {NoTokenizerError} where one needs text and there is no tokenizer.
 * @throws {UnsupportedError} for `speculative` with a deterministic engine or a `logitsProcessor`.
 */
export function prepareGeneration(host: GenerationHost, given: GenerateOptions): Generation {
  const { signal, compat, responseFormat, logitsProcessor, speculative, adapter, ...options } =
    given;
  const { vocabSize } = host.engine.config;
  const config = mergeGenerationOptions(host.generationConfig, options, { vocabSize });
  if (config.stop.length > 0 || responseFormat) host.requireTokenizer();
  if (speculative && host.engine.isDeterministic)
    throw new UnsupportedError(
      "generate",
      "speculative with a deterministic model",
      "load the model without deterministic, or leave speculative out",
    );
  if (speculative && logitsProcessor)
    throw new UnsupportedError(
      "generate",
      "speculative with a logitsProcessor",
      "leave one of them out: guesses are checked several at once, a processor sees one row at a time",
    );
  return {
    config,
    options: { signal, compat, responseFormat, logitsProcessor, speculative },
    adapter: host.adapterOf(adapter),
  };
}

/**
 * Runs a generation.
 *
 * @returns the whole as the generator's return value; leaving the loop early ends the work.
 */
export async function* runGeneration(
  host: GenerationHost,
  start: GenerationStart,
  { config, options, adapter }: Generation,
): AsyncGenerator<GenerationDelta, GenerationResult> {
  const { engine, tokenizer } = host;
  const seed = config.seed ?? randomSeed();
  const job = toJob(start, { config, options, adapter }, seed);
  const { stopTokenIds: eosTokenIds } = job;
  const textOptions = { tokenizer, stop: config.stop, eosTokenIds, hasLogprobs: config.logprobs };
  const texts = Array.from({ length: job.n }, (_, choice) => new ChoiceText(choice, textOptions));
  const prefix = [...(start.held?.tokenIds ?? []), ...start.promptIds];
  const generation = await engine.generate(job, {
    signal: options.signal,
    held: start.held && { sequence: start.held.sequence, length: start.held.tokenIds.length },
    vocabulary: () => formatVocabulary(host, config.eosTokenIds),
    process: options.logitsProcessor && processWith(options.logitsProcessor, prefix),
  });
  const trace = new GenerationTrace();
  yield* streamTexts(generation, texts, trace);
  const choices = texts.map(({ result }) => result);
  return {
    ...(choices[0] as (typeof choices)[number]),
    choices,
    ...(trace.promptLogprobs ? { promptLogprobs: trace.promptLogprobs } : {}),
    timings: trace.timings,
    usage: {
      promptTokens: prefix.length,
      cachedTokens: trace.cachedTokens,
      completionTokens: choices.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0),
    },
    seed,
  };
}

function toJob(
  { promptIds, room = Infinity }: GenerationStart,
  { config, options, adapter }: Generation,
  seed: number,
): GenerateJob {
  const { responseFormat: format } = options;
  return {
    promptIds,
    n: config.n,
    maxNewTokens: Math.min(config.maxNewTokens, room),
    // A text that must be of a format can only end where the format lets it.
    stopTokenIds: config.ignoreEos && !format ? [] : config.eosTokenIds,
    sampler: { ...config, seed },
    topLogprobs: config.logprobs ? config.topLogprobs : undefined,
    promptLogprobs: config.promptLogprobs,
    format: format && plainFormat(format),
    hasProcessor: options.logitsProcessor !== undefined,
    speculative: options.speculative,
    adapter,
  };
}

function formatVocabulary(
  { engine, requireTokenizer }: GenerationHost,
  eosTokenIds: readonly number[],
): FormatVocabulary {
  return { vocabulary: vocabularyOf(requireTokenizer(), engine.config.vocabSize), eosTokenIds };
}

function processWith(hook: LogitsHook, prefix: readonly number[]): ProcessLogits {
  return (logits, choice, newTokenIds) =>
    hook(logits, { tokenIds: [...prefix, ...newTokenIds], choice });
}

async function* streamTexts(
  generation: EngineGeneration,
  texts: readonly ChoiceText[],
  trace: GenerationTrace,
): AsyncGenerator<GenerationDelta, void> {
  for await (const event of generation) {
    trace.take(event);
    if (event.type === "started") continue;
    if (event.type === "promptLogprobs") {
      yield { tokenIds: [], text: "", choice: 0, promptLogprobs: event.logprobs };
      continue;
    }
    const text = texts[event.choice];
    if (!text || text.isEnded) continue;
    yield event.type === "tokens" ? text.push(event) : text.finish(event.reason);
    if (!text.isEnded || event.type === "finished") continue;
    generation.stop(event.choice);
    if (texts.every(({ isEnded }) => isEnded)) break;
  }
}
