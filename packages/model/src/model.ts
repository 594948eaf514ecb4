import type { Tokenizer } from "@baichuan2/tokenizer";
import { buildChatPrompt, type ChatPromptOptions } from "./chat/chat-prompt.ts";
import type { ChatMessage } from "./chat/chat-message.ts";
import type { ModelConfig } from "./config.ts";
import { DisposedError, UnsupportedError } from "@baichuan2/kernels";
import type { Engine } from "./engine/engine.ts";
import type { OpenEngineOptions } from "./engine/engine-thread.ts";
import type { HiddenStates, Logits } from "./engine/logits.ts";
import type { EngineStats, FinishReason } from "./engine/protocol.ts";
import {
  mergeGenerationOptions,
  type GenerationConfig,
  type GenerationOptions,
} from "./generation-config.ts";
import type { WeightDtype } from "./network/weight-plan.ts";
import { randomSeed } from "./sampling/random.ts";
import { scoreWindows } from "./scoring/score-windows.ts";
import { streamText, type GenerationDelta } from "./text-stream.ts";

/** What to continue: ids as they are, a text, or a conversation. */
export type Prompt =
  | { readonly tokenIds: ArrayLike<number> }
  | { readonly text: string }
  | { readonly messages: readonly ChatMessage[] };

/** Options of one generation. */
export interface GenerateOptions extends GenerationOptions {
  readonly signal?: AbortSignal | undefined;
  /** Prompts exactly as the published code builds them, bare or with its tokenizer class (see chat/DIFFERENCES.md). */
  readonly compat?: ChatPromptOptions["compat"];
}

/** Token counts of one generation. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** A finished generation. */
export interface GenerationResult {
  /** New ids, the end-of-sequence id included where the model gave one. */
  readonly tokenIds: readonly number[];
  /** Their text without special tokens and stop string; undefined without a tokenizer. */
  readonly text: string | undefined;
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  /**
   * With this seed and the same options the same text comes again, as long as the same rows share its runs.
   *
   * Other requests at the same time, or a prompt that is cut differently, change the logits: in float32 by float rounding
   * (1e-6 of their rms), with nf4 and int4 also where that flips a step of an int8 activation (up to 0.5 % was seen).
   * LLM.int8() (dtype int8) takes its outlier columns over all rows of a run, as the original does: 1 to 3 %, so that
   * another text is likely.
   */
  readonly seed: number;
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
export interface PerplexityOptions {
  readonly window?: number | undefined;
  readonly stride?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How well a model predicts a text. */
export interface Perplexity {
  readonly perplexity: number;
  /** Mean negative log-likelihood, in nats. */
  readonly loss: number;
  /** Tokens that were predicted. */
  readonly tokens: number;
}

/** A text was asked of a model that has no tokenizer. */
export class NoTokenizerError extends Error {
  override readonly name = "NoTokenizerError";
  readonly code = "ERR_NO_TOKENIZER";

  constructor(path: string) {
    super(
      `${path}: expected a tokenizer.model for text, got none (put one beside the weights, name one, or use ids)`,
    );
  }
}

const PROMPT_FORMS = "an object with tokenIds, text or messages";

/** A prompt that is empty or none of the forms of `Prompt`. */
export class PromptError extends Error {
  override readonly name = "PromptError";
  readonly code = "ERR_PROMPT";
  readonly expected: string;
  readonly actual: string;

  constructor(expected: string, actual: string) {
    super(`prompt: expected ${expected}, got ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}

/** Starts another engine over the same weights. */
export type OpenEngine = (options?: OpenEngineOptions) => Promise<Engine>;

/** A `quantize` that runs. */
interface Quantizing {
  readonly controller: AbortController;
  /** Resolves when its load has ended, whatever way. */
  readonly ended: Promise<void>;
}

/** The parts of a model; `loadModel` puts them together. */
export interface ModelParts {
  /** Directory, or a name for synthetic weights. */
  readonly path: string;
  readonly engine: Engine;
  readonly open: OpenEngine;
  readonly generationConfig: GenerationConfig;
  readonly tokenizer?: Tokenizer | undefined;
}

/** A loaded Baichuan2. Many calls may run at once: they share runs of the network. Owns a thread and its memory. */
export class Model implements AsyncDisposable {
  readonly path: string;
  readonly config: ModelConfig;
  /** The checkpoint's defaults. */
  readonly generationConfig: GenerationConfig;
  /** Undefined for checkpoints without a tokenizer.model. */
  readonly tokenizer: Tokenizer | undefined;
  readonly #open: OpenEngine;
  #engine: Engine;
  /** Of before `quantize`, until its calls have ended. */
  #oldEngine: Engine | undefined;
  #quantizing: Quantizing | undefined;
  #isDisposed = false;

  constructor({ path, engine, open, generationConfig, tokenizer }: ModelParts) {
    this.path = path;
    this.config = engine.config;
    this.generationConfig = generationConfig;
    this.tokenizer = tokenizer;
    this.#engine = engine;
    this.#open = open;
  }

  /** Number type of the linear layers. */
  get dtype(): WeightDtype {
    return this.#engine.dtype;
  }

  /**
   * Quantizes the linear layers, as the original's `quantize`: 8 is LLM.int8(), 4 is NF4 with double quantization.
   *
   * Reads the checkpoint once more, layer by layer; the weights in use stay until the new ones stand, and running
   * calls end with them. Where memory is short load with `dtype` at once.
   *
   * @returns the model itself.
   * @throws {UnsupportedError} for other bits, or if the weights are quantized already or just now.
   * @throws {CheckpointError} if a weight is not finite.
   * @throws {DisposedError} if the model is disposed, before or meanwhile.
   */
  async quantize(
    bits: 4 | 8,
    options: Pick<OpenEngineOptions, "signal" | "onProgress"> = {},
  ): Promise<this> {
    this.#checkQuantize(bits);
    const { promise, resolve } = Promise.withResolvers<void>();
    const controller = new AbortController();
    this.#quantizing = { controller, ended: promise };
    const signals = [controller.signal, ...(options.signal ? [options.signal] : [])];
    try {
      const engine = await this.#open({
        ...options,
        signal: AbortSignal.any(signals),
        weights: { dtype: bits === 4 ? "nf4" : "int8" },
      });
      await this.#replaceEngine(engine);
      return this;
    } finally {
      this.#quantizing = undefined;
      resolve();
    }
  }

  #checkQuantize(bits: number): void {
    if (this.#isDisposed) throw new DisposedError("model");
    const refuse = (what: string, hint: string): never => {
      throw new UnsupportedError("quantize", what, hint);
    };
    if (bits !== 4 && bits !== 8) {
      const got = typeof bits === "string" ? JSON.stringify(bits) : String(bits);
      refuse(`${got} bits`, "use 4 (NF4) or 8 (int8)");
    }
    if (this.dtype !== "float32")
      refuse(`weights already quantized to ${this.dtype}`, "load the unquantized checkpoint");
    if (this.#quantizing) refuse("a second call while one runs", "await the first");
  }

  async #replaceEngine(engine: Engine): Promise<void> {
    if (this.#isDisposed) {
      await engine.dispose();
      throw new DisposedError("model");
    }
    const old = this.#engine;
    this.#engine = engine;
    this.#oldEngine = old;
    void old.disposeWhenIdle().finally(() => (this.#oldEngine = undefined));
  }

  /** Answers a conversation: the text of the assistant's next message. */
  async chat(messages: readonly ChatMessage[], options?: GenerateOptions): Promise<string> {
    this.#requireTokenizer();
    const { text } = await this.generate({ messages }, options);
    return text ?? "";
  }

  /** Answers a conversation piece by piece: deltas that never split a character. */
  async *chatStream(
    messages: readonly ChatMessage[],
    options?: GenerateOptions,
  ): AsyncGenerator<string> {
    this.#requireTokenizer();
    for await (const { text } of this.generateStream({ messages }, options)) {
      if (text !== "") yield text;
    }
  }

  /** Continues a prompt to its end. */
  async generate(prompt: Prompt, options?: GenerateOptions): Promise<GenerationResult> {
    const stream = this.generateStream(prompt, options);
    for (;;) {
      const next = await stream.next();
      if (next.done) return next.value;
    }
  }

  /**
   * Continues a prompt piece by piece.
   *
   * @returns the whole as the generator's return value; leaving the loop early ends the work.
   * @throws {GenerationOptionError} for an option that cannot be used, before anything runs.
   * @throws {ContextLengthError} if a conversation cannot fit.
   * @throws the signal's reason when it aborts, within one chunk of a prompt or one token.
   */
  async *generateStream(
    prompt: Prompt,
    { signal, compat, ...options }: GenerateOptions = {},
  ): AsyncGenerator<GenerationDelta, GenerationResult> {
    const config = mergeGenerationOptions(this.generationConfig, options, {
      vocabSize: this.config.vocabSize,
    });
    refuseUnfinished(config);
    const promptIds = this.promptIds(prompt, { maxNewTokens: options.maxNewTokens, compat });
    if (promptIds.length === 0) throw new PromptError("at least one token", "an empty prompt");
    if (config.stop.length > 0) this.#requireTokenizer();
    const seed = config.seed ?? randomSeed();
    const eosTokenIds = config.ignoreEos ? [] : config.eosTokenIds;
    // A conversation may have taken the room of the default reserve (see buildChatPrompt): the answer ends with the context.
    const isFitted = "messages" in prompt && compat === undefined;
    const room = isFitted ? this.config.modelMaxLength - promptIds.length : Infinity;
    const job = {
      promptIds,
      maxNewTokens: Math.min(config.maxNewTokens, room),
      stopTokenIds: eosTokenIds,
      sampler: { ...config, seed },
    };

    const { tokenizer } = this;
    const ids = this.#engine.generate(job, signal);
    const deltas = streamText(ids, { tokenizer, stop: config.stop, eosTokenIds });
    const { tokenIds, text, finishReason } = yield* collectDeltas(deltas);
    const usage = { promptTokens: promptIds.length, completionTokens: tokenIds.length };
    return { tokenIds, text: tokenizer && text, finishReason, usage, seed };
  }

  /** Ids that a prompt becomes; what `generate` runs. */
  promptIds(
    prompt: Prompt,
    { maxNewTokens, compat }: Pick<GenerateOptions, "maxNewTokens" | "compat"> = {},
  ): readonly number[] {
    if (typeof prompt !== "object" || prompt === null)
      throw new PromptError(PROMPT_FORMS, typeof prompt);
    if ("tokenIds" in prompt) return toIds(prompt.tokenIds);
    const tokenizer = this.#requireTokenizer();
    if ("text" in prompt) {
      return tokenizer.encode(prompt.text, {
        specialTokens: compat === undefined ? "text" : "parse",
        compat: compat === "original-hf-slow" ? "hf-slow" : "sentencepiece",
      });
    }
    if (!("messages" in prompt)) throw new PromptError(PROMPT_FORMS, "none of them");
    return buildChatPrompt(tokenizer, prompt.messages, {
      generationConfig: this.generationConfig,
      maxNewTokens,
      modelMaxLength: this.config.modelMaxLength,
      compat,
    });
  }

  /**
   * Raw logits of a text.
   *
   * @param options.last - Only the last position.
   * @returns `[T, V]`, or `[1, V]` with `last`; row t tells what follows token t.
   * @throws {TokenIdError} for an id outside the vocabulary.
   */
  async logits(
    tokenIds: ArrayLike<number>,
    { last = false, signal }: { readonly last?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<Logits> {
    const ids = toIds(tokenIds);
    if (ids.length === 0) throw new PromptError("at least one token", "none");
    return this.#engine.logits(ids, last, signal);
  }

  /**
   * Hidden states of a text after each layer, and its logits, from one run; for comparing models.
   *
   * @returns states `[T, C]` by name, and logits `[T, V]`.
   * @throws {UnsupportedError} for a model loaded without `trace`.
   * @throws {TokenIdError} for an id outside the vocabulary.
   */
  async hiddenStates(
    tokenIds: ArrayLike<number>,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<HiddenStates> {
    const ids = toIds(tokenIds);
    if (ids.length === 0) throw new PromptError("at least one token", "none");
    return this.#engine.hiddenStates(ids, signal);
  }

  /**
   * How likely the model finds a continuation of a prompt.
   *
   * Texts are encoded together, so a continuation should start where a token may start; ids are taken as they are.
   *
   * @param prompt - At least one token: nothing can be said of a first token.
   * @returns one log-probability per token of the continuation, from the raw logits.
   * @throws {PromptError} if prompt or continuation is empty, or they are not both texts or both ids.
   * @throws {LogitsError} if the logits are not finite.
   */
  async score(
    prompt: Prompt,
    continuation: Prompt,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Score> {
    const promptIds = this.promptIds(prompt);
    const whole = this.#joined(prompt, promptIds, continuation);
    const tokenIds = whole.slice(promptIds.length);
    if (promptIds.length === 0) throw new PromptError("at least one token", "an empty prompt");
    if (tokenIds.length === 0) throw new PromptError("a continuation of a token", "an empty one");
    const { logprobs, isGreedy } = await this.#engine.score(whole, promptIds.length, signal);
    return {
      tokenIds,
      logprobs,
      logLikelihood: logprobs.reduce((sum, logprob) => sum + logprob, 0),
      isGreedy: isGreedy.every((value) => value === 1),
    };
  }

  #joined(prompt: Prompt, promptIds: readonly number[], continuation: Prompt): readonly number[] {
    if ("tokenIds" in continuation) return [...promptIds, ...toIds(continuation.tokenIds)];
    if ("text" in prompt && "text" in continuation)
      return this.promptIds({ text: prompt.text + continuation.text });
    throw new PromptError(
      "prompt and continuation as texts, or a continuation as ids",
      "a mixture",
    );
  }

  /**
   * Perplexity of a text: `exp` of the mean negative log-likelihood of its tokens but the first.
   *
   * @param options.window - Most tokens of one context; default `modelMaxLength`.
   * @param options.stride - Tokens between the starts of windows; less than `window` gives each token more context and takes
   *   longer. Default `window`, where the first token of each window is not scored.
   * @throws {PromptError} for a text of fewer than two tokens, or sizes that cannot be used.
   */
  async perplexity(
    text: Prompt,
    { window = this.config.modelMaxLength, stride = window, signal }: PerplexityOptions = {},
  ): Promise<Perplexity> {
    const tokenIds = this.promptIds(text);
    if (tokenIds.length < 2) throw new PromptError("at least two tokens", String(tokenIds.length));
    checkWindow(window, stride);
    const logprobs: number[] = [];
    for (const { start, end, from } of scoreWindows(tokenIds.length, window, stride))
      logprobs.push(
        ...(await this.#engine.score(tokenIds.slice(start, end), from, signal)).logprobs,
      );
    const loss = -logprobs.reduce((sum, logprob) => sum + logprob, 0) / logprobs.length;
    return { perplexity: Math.exp(loss), loss, tokens: logprobs.length };
  }

  /** Memory in use. */
  stats(): Promise<EngineStats> {
    return this.#engine.stats();
  }

  /** Frees the model and ends a `quantize`; running generations fail with a `DisposedError`. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#quantizing?.controller.abort(new DisposedError("model"));
    const { ended } = this.#quantizing ?? {};
    await Promise.all([this.#engine.dispose(), this.#oldEngine?.dispose(), ended]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #requireTokenizer(): Tokenizer {
    if (!this.tokenizer) throw new NoTokenizerError(this.path);
    return this.tokenizer;
  }
}

/** Options that are checked, but that the engine does not know yet: refused rather than ignored. */
function refuseUnfinished({ n, logprobs, promptLogprobs }: GenerationConfig): void {
  const refuse = (what: string, hint: string): never => {
    throw new UnsupportedError("generate", what, hint);
  };
  if (n > 1) refuse(`n ${n}`, "call it once for each text");
  if (logprobs || promptLogprobs !== undefined) refuse("log-probabilities", "use score");
}

function checkWindow(window: number, stride: number): void {
  if (!Number.isInteger(window) || window < 2)
    throw new PromptError("a window of at least two tokens", String(window));
  if (!Number.isInteger(stride) || stride < 1 || stride > window)
    throw new PromptError(`a stride from 1 to the window of ${window}`, String(stride));
}

/** Ids as a plain array, whatever kind of array they came in; their values are checked by the engine. */
function toIds(tokenIds: ArrayLike<number>): number[] {
  if (typeof tokenIds !== "object" || tokenIds === null || typeof tokenIds.length !== "number") {
    throw new PromptError("tokenIds to be an array of numbers", typeof tokenIds);
  }
  return Array.from(tokenIds);
}

/** What a stream of deltas adds up to. */
interface Collected {
  readonly tokenIds: readonly number[];
  readonly text: string;
  readonly finishReason: FinishReason;
}

/** Passes deltas on and returns their sum; ends the source when it is left early. */
async function* collectDeltas(
  deltas: AsyncGenerator<GenerationDelta, FinishReason>,
): AsyncGenerator<GenerationDelta, Collected> {
  const tokenIds: number[] = [];
  let text = "";
  try {
    for (;;) {
      const next = await deltas.next();
      if (next.done) return { tokenIds, text, finishReason: next.value };
      tokenIds.push(...next.value.tokenIds);
      text += next.value.text;
      yield next.value;
    }
  } finally {
    await deltas.return("stop");
  }
}
