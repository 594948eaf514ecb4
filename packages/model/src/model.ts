import { UnsupportedError } from "@baichuan2/kernels";
import type { Tokenizer } from "@baichuan2/tokenizer";
import {
  adapterSource,
  type AdapterChoice,
  type AdapterOptions,
} from "./adapter/adapter-options.ts";
import type { AdapterInfo } from "./adapter/loaded-adapter.ts";
import type { ChatMessage } from "./chat/chat-message.ts";
import { buildChatPrompt } from "./chat/chat-prompt.ts";
import type { ModelConfig } from "./config.ts";
import type { EngineStats } from "./engine/engine-stats.ts";
import type { OpenEngineOptions } from "./engine/engine-thread.ts";
import type { Engine } from "./engine/engine.ts";
import type { HiddenStates, Logits } from "./engine/logits.ts";
import { ReplaceableEngine, type OpenEngine } from "./engine/replaceable-engine.ts";
import type { GenerationConfig } from "./generation-config.ts";
import type { GenerationDelta } from "./generation/choice-text.ts";
import { drain } from "./generation/drain.ts";
import type { GenerateOptions, GenerationResult } from "./generation/generate-options.ts";
import { prepareGeneration, runGeneration, type GenerationHost } from "./generation/generate.ts";
import { ModelSequence, type SequenceHost, type SequenceOptions } from "./model-sequence.ts";
import type { WeightDtype } from "./network/weight-plan.ts";
import { NoTokenizerError, PROMPT_FORMS, PromptError, toIds, type Prompt } from "./prompt.ts";
import {
  perplexityOne,
  scoreOne,
  type Perplexity,
  type PerplexityOptions,
  type Score,
  type ScoreOptions,
} from "./scoring/score.ts";
import { isList, together, type CallOptions } from "./scoring/together.ts";

/** Options of `Model.logits`. */
export interface LogitsOptions extends ScoreOptions {
  readonly last?: boolean | undefined;
}

/** The parts of a model; `loadModel` puts them together. */
export interface ModelParts {
  /** Directory, or a name for synthetic weights. */
  readonly path: string;
  readonly engine: Engine;
  readonly open: OpenEngine;
  readonly generationConfig: GenerationConfig;
  readonly tokenizer?: Tokenizer | undefined;
  /** Adapter of requests that name none; default none. */
  readonly defaultAdapter?: string | undefined;
}

/** A loaded Baichuan2. Many calls may run at once: they share runs of the network. Owns a thread and its memory. */
export class Model implements AsyncDisposable {
  readonly path: string;
  readonly config: ModelConfig;
  /** The checkpoint's defaults. */
  readonly generationConfig: GenerationConfig;
  /** Undefined for checkpoints without a tokenizer.model. */
  readonly tokenizer: Tokenizer | undefined;
  readonly #engines: ReplaceableEngine;
  readonly #defaultAdapter: string | undefined;

  constructor(parts: ModelParts) {
    const { path, engine, open, generationConfig, tokenizer } = parts;
    this.path = path;
    this.config = engine.config;
    this.generationConfig = generationConfig;
    this.tokenizer = tokenizer;
    this.#engines = new ReplaceableEngine(engine, open);
    this.#defaultAdapter = parts.defaultAdapter;
  }

  get #engine(): Engine {
    return this.#engines.current;
  }

  /** Number type of the linear layers. */
  get dtype(): WeightDtype {
    return this.#engine.dtype;
  }

  /**
   * Quantizes the linear layers, as the original's `quantize`: 8 is LLM.int8(), 4 is NF4 with double quantization.
   *
   * Reads the checkpoint once more, layer by layer; the weights in use stay until the new ones stand, and running
   * calls end with them; sequences held by then are gone (`SequenceReleasedError`). Where memory is short load with `dtype` at once.
   *
   * @returns the model itself.
   * @throws {UnsupportedError} for other bits, or if the weights are quantized already or just now.
   * @throws {CheckpointError} if a weight is not finite.
   * @throws {MemoryLimitError} if memory cannot hold the new weights beside the old ones.
   * @throws {DisposedError} if the model is disposed, before or meanwhile.
   */
  async quantize(
    bits: 4 | 8,
    options: Pick<OpenEngineOptions, "signal" | "onProgress"> = {},
  ): Promise<this> {
    await this.#engines.quantize(bits, options);
    return this;
  }

  /** Loaded adapters, in the order of loading; also those that were lost when the engine started anew, until they are unloaded. */
  get adapters(): readonly AdapterInfo[] {
    return this.#engine.adapters.infos;
  }

  /**
   * Loads a LoRA adapter, for requests with `adapter: name`; nothing that runs is disturbed. It is read again from its folder
   * where the engine has to start anew, as in `quantize`.
   *
   * @param path - Folder that PEFT saved.
   * @throws {AdapterError} if the name is taken, the model takes no adapters, or it is made for another shape of model,
   *   or its scaled numbers are too large.
   * @throws {CheckpointError | UnsupportedError} as `openAdapter`.
   */
  async loadAdapter(
    name: string,
    path: string,
    { scale, signal }: Omit<AdapterOptions, "path"> & { readonly signal?: AbortSignal } = {},
  ): Promise<AdapterInfo> {
    this.#engines.refuseWhileQuantizing("loadAdapter");
    return this.#engine.loadAdapter(adapterSource(name, { path, scale }), signal);
  }

  /**
   * Frees an adapter's name, at once: later requests cannot have it. Requests and held sequences that have begun with it go on
   * with it to their end; its memory goes with the last of them. Without its default adapter a model refuses requests that
   * name none: give `adapter: null`, or load another "default".
   *
   * @throws {AdapterError} if none has the name.
   */
  async unloadAdapter(name: string): Promise<void> {
    this.#engines.refuseWhileQuantizing("unloadAdapter");
    await this.#engine.unloadAdapter(name);
  }

  /** @throws {AdapterError} if a request names an adapter that is not loaded. */
  #adapterOf(choice: AdapterChoice["adapter"]): string | undefined {
    const name = choice === undefined ? this.#defaultAdapter : (choice ?? undefined);
    if (name !== undefined) this.#engine.adapters.require(name);
    return name;
  }

  /**
   * Answers a conversation: the text of the assistant's next message.
   *
   * @throws {UnsupportedError} for `n` above 1.
   */
  async chat(messages: readonly ChatMessage[], options?: GenerateOptions): Promise<string> {
    this.#checkChat(options);
    const { text } = await this.generate({ messages }, options);
    return text ?? "";
  }

  /** Answers a conversation piece by piece: deltas that never split a character; errors as `chat`. */
  async *chatStream(
    messages: readonly ChatMessage[],
    options?: GenerateOptions,
  ): AsyncGenerator<string> {
    this.#checkChat(options);
    for await (const { text } of this.generateStream({ messages }, options)) {
      if (text !== "") yield text;
    }
  }

  #checkChat({ n }: GenerateOptions = {}): void {
    this.#requireTokenizer();
    if ((n ?? this.generationConfig.n) > 1)
      throw new UnsupportedError("chat", `n ${n}`, "use generate for several answers");
  }

  /** Continues a prompt to its end. */
  generate(prompt: Prompt, options?: GenerateOptions): Promise<GenerationResult> {
    return drain(this.generateStream(prompt, options));
  }

  /**
   * Continues a prompt piece by piece; with `n` the pieces of the texts come as they are made, each with its `choice`.
   *
   * @returns the whole as the generator's return value; leaving the loop early ends the work.
   * @throws {GenerationOptionError | ResponseFormatError} for an option that cannot be used, before anything runs.
   * @throws {ContextLengthError} if a conversation cannot fit.
   * @throws {EngineLimitError} if it can never fit the engine, or too many requests wait.
   * @throws {KvCacheFullError} if held sequences leave no room for it.
   * @throws {LogitsError} if the network, or a `logitsProcessor`, gives no numbers to draw from.
   * @throws the signal's reason when it aborts, within one chunk of a prompt or one token.
   */
  async *generateStream(
    prompt: Prompt,
    options: GenerateOptions = {},
  ): AsyncGenerator<GenerationDelta, GenerationResult> {
    const generation = prepareGeneration(this.#host, options);
    const { maxNewTokens, compat } = options;
    const promptIds = this.promptIds(prompt, { maxNewTokens, compat });
    if (promptIds.length === 0) throw new PromptError("at least one token", "an empty prompt");
    // A conversation may have taken the room of the default reserve (see buildChatPrompt): the answer ends with the context.
    const isFitted = "messages" in prompt && compat === undefined;
    const room = isFitted ? this.config.modelMaxLength - promptIds.length : Infinity;
    return yield* runGeneration(this.#host, { promptIds, room }, generation);
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
   * @param options.adapter - See `AdapterChoice`.
   * @returns `[T, V]`, or `[1, V]` with `last`; row t tells what follows token t.
   * @throws {TokenIdError} for an id outside the vocabulary.
   */
  async logits(
    tokenIds: ArrayLike<number>,
    { last = false, signal, adapter }: LogitsOptions = {},
  ): Promise<Logits> {
    const ids = toIds(tokenIds);
    if (ids.length === 0) throw new PromptError("at least one token", "none");
    return this.#engine.logits(ids, last, { signal, adapter: this.#adapterOf(adapter) });
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
    { signal, adapter }: ScoreOptions = {},
  ): Promise<HiddenStates> {
    const ids = toIds(tokenIds);
    if (ids.length === 0) throw new PromptError("at least one token", "none");
    return this.#engine.hiddenStates(ids, { signal, adapter: this.#adapterOf(adapter) });
  }

  /**
   * How likely the model finds a continuation of a prompt, or each of several; they share runs, and the prompt runs once.
   *
   * Texts are encoded together, so a continuation should start where a token may start; ids are taken as they are.
   *
   * @param prompt - At least one token: nothing can be said of a first token.
   * @returns one log-probability per token of the continuation, from the raw logits.
   * @throws {PromptError} if prompt or continuation is empty, or they are not both texts or both ids.
   * @throws {LogitsError} if the logits are not finite.
   */
  score(prompt: Prompt, continuation: Prompt, options?: ScoreOptions): Promise<Score>;
  score(
    prompt: Prompt,
    continuations: readonly Prompt[],
    options?: ScoreOptions,
  ): Promise<readonly Score[]>;
  async score(
    prompt: Prompt,
    continuations: Prompt | readonly Prompt[],
    options: ScoreOptions = {},
  ): Promise<Score | readonly Score[]> {
    const host = { engine: this.#engine, promptIds: (text: Prompt) => this.promptIds(text) };
    using _lease = host.engine.lease();
    const call = this.#callOf(options);
    return isList(continuations)
      ? await together(continuations, call, (text, some) => scoreOne(host, prompt, text, some))
      : await scoreOne(host, prompt, continuations, call);
  }

  /**
   * Perplexity of a text, or of each of several: `exp` of the mean negative log-likelihood of its tokens but the first.
   * Windows share runs.
   *
   * @param options.window - Most tokens of one context; default `modelMaxLength`.
   * @param options.stride - Tokens between the starts of windows; less than `window` gives each token more context and takes
   *   longer. Default `window`, where the first token of each window is not scored.
   * @throws {PromptError} for a text of fewer than two tokens, or sizes that cannot be used.
   */
  perplexity(text: Prompt, options?: PerplexityOptions): Promise<Perplexity>;
  perplexity(texts: readonly Prompt[], options?: PerplexityOptions): Promise<readonly Perplexity[]>;
  async perplexity(
    texts: Prompt | readonly Prompt[],
    options: PerplexityOptions = {},
  ): Promise<Perplexity | readonly Perplexity[]> {
    const host = { engine: this.#engine, promptIds: (text: Prompt) => this.promptIds(text) };
    using _lease = host.engine.lease();
    const call = this.#callOf(options);
    return isList(texts)
      ? await together(texts, call, (text, some) => perplexityOne(host, text, some))
      : await perplexityOne(host, texts, call);
  }

  /**
   * A vector that stands for a text, or one for each of several: the mean of the states after the final norm over its
   * tokens. Texts share runs. Not normalised.
   *
   * @returns `[hiddenSize]` each.
   * @throws {PromptError} for an empty text.
   */
  embed(text: Prompt, options?: ScoreOptions): Promise<Float32Array>;
  embed(texts: readonly Prompt[], options?: ScoreOptions): Promise<readonly Float32Array[]>;
  async embed(
    texts: Prompt | readonly Prompt[],
    options: ScoreOptions = {},
  ): Promise<Float32Array | readonly Float32Array[]> {
    const engine = this.#engine;
    using _lease = engine.lease();
    const embedOne = (text: Prompt, call: CallOptions): Promise<Float32Array> => {
      const tokenIds = this.promptIds(text);
      if (tokenIds.length === 0) throw new PromptError("at least one token", "an empty text");
      return engine.embed(tokenIds, call);
    };
    const call = this.#callOf(options);
    return isList(texts) ? await together(texts, call, embedOne) : await embedOne(texts, call);
  }

  /** Options of a call with the name of its adapter. */
  #callOf<Options extends ScoreOptions>(
    options: Options,
  ): Omit<Options, "adapter"> & { readonly adapter: string | undefined } {
    return { ...options, adapter: this.#adapterOf(options.adapter) };
  }

  /**
   * A sequence whose keys and values stay in the engine between calls: a conversation that goes on, branches, is cut back.
   * The caller disposes it.
   *
   * @param prompt - What it begins with; default nothing.
   * @param options.adapter - That all its tokens run with; see `AdapterChoice`.
   */
  async createSequence(prompt?: Prompt, options?: ScoreOptions): Promise<ModelSequence> {
    const sequence = await ModelSequence.create(
      this.#sequenceHost,
      this.#adapterOf(options?.adapter),
    );
    if (!prompt) return sequence;
    try {
      await sequence.append(prompt, { signal: options?.signal });
      return sequence;
    } catch (error) {
      await sequence.dispose();
      throw error;
    }
  }

  /**
   * A sequence that `ModelSequence.save` wrote; it goes on as if it had never been away, with its adapter.
   *
   * @throws {SequenceFileError} for a damaged file, another version, another model, or an adapter that is not loaded.
   */
  restoreSequence(path: string, options?: SequenceOptions): Promise<ModelSequence> {
    return ModelSequence.restore(this.#sequenceHost, path, options?.signal);
  }

  get #host(): GenerationHost {
    return {
      engine: this.#engine,
      generationConfig: this.generationConfig,
      tokenizer: this.tokenizer,
      requireTokenizer: () => this.#requireTokenizer(),
      adapterOf: (choice) => this.#adapterOf(choice),
    };
  }

  get #sequenceHost(): SequenceHost {
    return { ...this.#host, promptIds: (prompt) => this.promptIds(prompt) };
  }

  /** Memory in use, and what the engine is doing. */
  stats(): Promise<EngineStats> {
    return this.#engine.stats();
  }

  /** Frees the model and ends a `quantize`; running generations fail with a `DisposedError`. */
  dispose(): Promise<void> {
    return this.#engines.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #requireTokenizer(): Tokenizer {
    if (!this.tokenizer) throw new NoTokenizerError(this.path);
    return this.tokenizer;
  }
}
