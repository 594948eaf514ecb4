import { DisposedError, UnsupportedError } from "@baichuan2/kernels";
import type { AdapterChoice } from "./adapter/adapter-options.ts";
import type { HeldText } from "./engine/engine.ts";
import type { EnginePrefix, EngineSequence } from "./engine/engine-sequence.ts";
import type { GenerationDelta } from "./generation/choice-text.ts";
import { drain } from "./generation/drain.ts";
import type { GenerateOptions, GenerationResult } from "./generation/generate-options.ts";
import { prepareGeneration, runGeneration, type GenerationHost } from "./generation/generate.ts";
import { SequenceReleasedError } from "./engine/sequence-released-error.ts";
import { PromptError, type Prompt } from "./prompt.ts";

/** What sequences work with. */
export interface SequenceHost extends GenerationHost {
  readonly promptIds: (prompt: Prompt) => readonly number[];
}

/** Options of a call of a sequence. */
export interface SequenceOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A text whose keys and values the engine keeps between calls: it goes on without being computed again, branches without
 * being copied, and can be cut back and saved. Holds slots of the engine until it is disposed.
 *
 * One call at a time. A call that fails, is aborted or left early changes nothing.
 */
export class ModelSequence implements AsyncDisposable {
  readonly #host: SequenceHost;
  readonly #held: EngineSequence;
  /** Name of the adapter that all its tokens run with, as it was when it began; null: none. */
  readonly adapter: string | null;
  /** Tokens that have run; the engine holds those. */
  #ran: readonly number[];
  /** Tokens that have not: the last one of a generation. */
  #pending: readonly number[];
  #isBusy = false;
  #isDisposed = false;

  private constructor(
    host: SequenceHost,
    { sequence, tokenIds, adapter }: HeldText,
    pending: readonly number[] = [],
  ) {
    this.adapter = adapter ?? null;
    this.#host = { ...host, adapterOf: (choice) => this.#adapterOf(choice) };
    this.#held = sequence;
    this.#ran = tokenIds;
    this.#pending = pending;
  }

  /** An empty sequence; `Model.createSequence` is the way to it. */
  static async create(host: SequenceHost, adapter?: string): Promise<ModelSequence> {
    const sequence = await host.engine.hold(adapter);
    return new ModelSequence(host, { sequence, tokenIds: [], adapter });
  }

  /** A sequence from a file; `Model.restoreSequence` is the way to it. */
  static async restore(
    host: SequenceHost,
    path: string,
    signal?: AbortSignal,
  ): Promise<ModelSequence> {
    return new ModelSequence(host, await host.engine.restore(path, signal));
  }

  /** All tokens, prompts and generated ones. */
  get tokenIds(): readonly number[] {
    return [...this.#ran, ...this.#pending];
  }

  /**
   * Appends a prompt and runs it.
   *
   * @throws {EngineLimitError} if the sequence would be longer than the engine can hold.
   */
  async append(prompt: Prompt, options: SequenceOptions = {}): Promise<void> {
    const ids = this.#host.promptIds(prompt);
    await this.#alone(() => this.#run(ids, options.signal));
  }

  /**
   * Logits of what may come next.
   *
   * @returns `[V]`.
   * @throws {PromptError} if the sequence is empty.
   */
  async logits({ signal }: SequenceOptions = {}): Promise<Float32Array> {
    return this.#alone(async () => {
      await this.#makePending();
      return this.#run([], signal);
    });
  }

  /** Continues the sequence to the text's end. */
  generate(options?: GenerateOptions): Promise<GenerationResult> {
    return drain(this.generateStream(options));
  }

  /**
   * Continues the sequence piece by piece; the new tokens become its own when the text has ended.
   *
   * @throws as `Model.generateStream`; {UnsupportedError} for `n` above 1 (fork instead).
   */
  async *generateStream(
    options: GenerateOptions = {},
  ): AsyncGenerator<GenerationDelta, GenerationResult> {
    const generation = prepareGeneration(this.#host, options);
    if (generation.config.n > 1)
      throw new UnsupportedError("sequence", `n ${generation.config.n}`, "fork it instead");
    const end = this.#begin();
    try {
      await this.#makePending();
      const start = {
        promptIds: this.#pending,
        held: { sequence: this.#held, tokenIds: this.#ran },
      };
      const result = yield* runGeneration(this.#host, start, generation);
      await this.#take(result.tokenIds);
      return result;
    } finally {
      end();
    }
  }

  /** A sequence of the same tokens that goes its own way; nothing is copied. */
  fork(): Promise<ModelSequence> {
    return this.#alone(async () => {
      const held = await this.#host.engine.fork(this.#prefix());
      const adapter = this.adapter ?? undefined;
      const text = { sequence: held, tokenIds: this.#ran, adapter };
      return new ModelSequence(this.#host, text, this.#pending);
    });
  }

  /**
   * Cuts the sequence back to its first tokens.
   *
   * @throws {PromptError} if it is not that long.
   */
  async rollback(length: number): Promise<void> {
    const { tokenIds } = this;
    if (!Number.isInteger(length) || length < 0 || length > tokenIds.length)
      throw new PromptError(`a length from 0 to ${tokenIds.length}`, String(length));
    await this.#alone(() => this.#cut(length));
  }

  /**
   * Writes the sequence to a file, for `Model.restoreSequence` of the same model; the file is there whole or not at all.
   *
   * @throws {PromptError} if the sequence is empty.
   */
  async save(path: string, { signal }: SequenceOptions = {}): Promise<void> {
    await this.#alone(async () => {
      if (this.tokenIds.length === 0)
        throw new PromptError("a sequence with tokens", "an empty one");
      if (this.#pending.length > 0) await this.#run([], signal);
      await this.#host.engine.save(this.#prefix(), path, signal);
    });
  }

  /** Gives the slots back. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#host.engine.release(this.#held);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Runs what is pending and more. @returns logits after the last token. */
  async #run(tokenIds: readonly number[], signal?: AbortSignal): Promise<Float32Array> {
    const next = [...this.#pending, ...tokenIds];
    if (next.length === 0) throw new PromptError("at least one token", "an empty prompt");
    const logits = await this.#host.engine.append(this.#prefix(), next, signal);
    this.#ran = [...this.#ran, ...next];
    this.#pending = [];
    return logits;
  }

  /** Logits come from running a token: where all have run the last one has to again. */
  async #makePending(): Promise<void> {
    const { tokenIds } = this;
    if (tokenIds.length === 0) throw new PromptError("a sequence with tokens", "an empty one");
    if (this.#pending.length > 0) return;
    await this.#cut(tokenIds.length - 1);
    this.#pending = tokenIds.slice(-1);
  }

  /** Takes up generated tokens; the engine may have gone on behind a stop string. */
  async #take(newTokenIds: readonly number[]): Promise<void> {
    const whole = [...this.tokenIds, ...newTokenIds];
    await this.#host.engine.rollback(this.#prefix(whole.length - 1));
    this.#ran = whole.slice(0, -1);
    this.#pending = whole.slice(-1);
  }

  async #cut(length: number): Promise<void> {
    const { tokenIds } = this;
    if (length < this.#ran.length) await this.#host.engine.rollback(this.#prefix(length));
    this.#ran = tokenIds.slice(0, Math.min(length, this.#ran.length));
    this.#pending = tokenIds.slice(this.#ran.length, length);
  }

  #prefix(length = this.#ran.length): EnginePrefix {
    return { sequence: this.#held, length };
  }

  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const end = this.#begin();
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** @throws {UnsupportedError} for another adapter than the sequence's own. */
  #adapterOf(choice: AdapterChoice["adapter"]): undefined {
    if (choice === undefined || choice === this.adapter) return;
    const hint = "a sequence keeps its adapter: create another one with it";
    const got = JSON.stringify(choice);
    throw new UnsupportedError(
      "sequence",
      `adapter ${got} after ${JSON.stringify(this.adapter)}`,
      hint,
    );
  }

  #begin(): () => void {
    if (this.#isDisposed) throw new DisposedError("sequence");
    if (this.#isBusy)
      throw new UnsupportedError("sequence", "a second call while one runs", "await the first");
    if (this.#host.engine.isClosing) throw new SequenceReleasedError();
    const lease = this.#host.engine.lease();
    this.#isBusy = true;
    return () => {
      this.#isBusy = false;
      lease[Symbol.dispose]();
    };
  }
}
