import { adaptersNotEnabled } from "../adapter/adapter-error.ts";
import type { AdapterSet } from "../adapter/adapter-set.ts";
import type { AdapterSource } from "../adapter/loaded-adapter.ts";
import { loadAdapter } from "../adapter/node-load-adapter.ts";
import {
  restoreSequence,
  saveSequence,
  type SequenceFileOptions,
} from "../cache/node-sequence-file.ts";
import type { Decoder, Sequence } from "../network/decoder.ts";
import { StepCost } from "../sampling/step-cost.ts";
import { GrammarCompiler } from "../structured/grammar-compiler.ts";
import type { EngineStats } from "./engine-stats.ts";
import { HeldSequences } from "./held-sequences.ts";
import { memoryInUse } from "./memory-in-use.ts";
import type {
  Adapted,
  EngineJob,
  EngineRequest,
  GenerateJob,
  HeldPrefix,
  TaskEvent,
} from "./protocol.ts";
import { Scheduler, type SchedulerOptions } from "./scheduler.ts";
import { AppendTask } from "./tasks/append-task.ts";
import { EmbedTask } from "./tasks/embed-task.ts";
import { GenerationTask, type GenerationContext } from "./tasks/generation-task.ts";
import { HiddenStatesTask } from "./tasks/hidden-states-task.ts";
import { LogitsTask } from "./tasks/logits-task.ts";
import { ScoreTask } from "./tasks/score-task.ts";
import type { Task } from "./tasks/task.ts";
import { toWireError } from "./wire-error.ts";

/** Requests to a loaded model. */
export type ModelRequest = Exclude<EngineRequest, { type: "load" | "close" }>;

/** What a handler keeps to. */
export interface RequestHandlerOptions extends SchedulerOptions {
  /** Names the weights, in files of sequences. */
  readonly fingerprint: string;
}

/** Turns requests into tasks, and holds what lives between them. */
export class RequestHandler {
  readonly #decoder: Decoder;
  readonly #emit: GenerationContext["emit"];
  readonly #scheduler: Scheduler;
  readonly #held: HeldSequences;
  readonly #context: GenerationContext;
  /** Files being written or read, by request; adapters among them. */
  readonly #transfers = new Map<number, AbortController>();
  readonly #fingerprint: string;
  #grammars: GrammarCompiler | undefined;

  constructor(decoder: Decoder, emit: GenerationContext["emit"], options: RequestHandlerOptions) {
    this.#decoder = decoder;
    this.#fingerprint = options.fingerprint;
    this.#emit = emit;
    this.#scheduler = new Scheduler(decoder, options);
    this.#held = new HeldSequences(decoder);
    this.#context = {
      decoder,
      emit,
      spawn: (task) => this.#scheduler.join(task),
      drafts: { stepCost: new StepCost(), counts: { proposed: 0, accepted: 0 } },
      held: this.#held,
    };
  }

  /** Answers with events, now or later; what cannot be done is answered with "failed". */
  handle(request: ModelRequest): void {
    switch (request.type) {
      case "vocabulary":
        this.#grammars ??= new GrammarCompiler(request.vocabulary, request.eosTokenIds);
        return;
      case "processed":
        return this.#resume(request.id, request.choice, request.logits);
      case "pause":
      case "resume":
        return this.#pace(request.id, request.type === "pause");
      case "stopChoice":
        this.#textOf(request.id, request.choice)?.stop();
        return this.#scheduler.settle();
      case "release":
        return this.#held.release(request.sequenceId);
      case "abort":
        this.#transfers.get(request.id)?.abort();
        this.#held.release(request.id); // what it has made, if the answer came too late
        return this.#scheduler.abort(request.id);
      default:
        void this.#answer(request);
    }
  }

  /** Ends all tasks and waits for the step in flight. */
  async close(): Promise<void> {
    for (const transfer of this.#transfers.values()) transfer.abort();
    await this.#scheduler.close();
    this.#grammars?.dispose();
  }

  async #answer(request: EngineJob & { readonly id: number }): Promise<void> {
    try {
      const task = this.#taskFor(request);
      if (task) this.#start(task);
      else this.#emit(await this.#reply(request));
    } catch (error) {
      this.#emit({ type: "failed", id: request.id, error: toWireError(error) });
    }
  }

  #start(task: Task): void {
    try {
      this.#decoder.checkTokenIds(task.tokenIds); // here, because in a run it would fail others
      this.#scheduler.add(task);
    } catch (error) {
      task.end();
      throw error;
    }
  }

  /** The task of a request that needs the network. */
  #taskFor(request: EngineJob & { readonly id: number }): Task | undefined {
    const { id } = request;
    switch (request.type) {
      case "generate":
        return this.#generation(id, request.job);
      case "logits":
        return new LogitsTask(id, this.#contextOf(request), request.tokenIds, request.last);
      case "hiddenStates":
        return new HiddenStatesTask(id, this.#contextOf(request), request.tokenIds);
      case "score":
        return ofList(
          request,
          new ScoreTask(id, this.#contextOf(request), request.tokenIds, request.from),
        );
      case "embed":
        return ofList(request, new EmbedTask(id, this.#contextOf(request), request.tokenIds));
      case "append":
        return new AppendTask(id, this.#context, this.#held, request);
      default:
        return undefined;
    }
  }

  #generation(id: number, job: GenerateJob): GenerationTask {
    const grammar = job.format && this.#compiler.compile(job.format).start();
    if (!job.held)
      return new GenerationTask(id, this.#contextOf(job), job, {
        tokenIds: job.promptIds,
        grammar,
      });
    const held = this.#held.get(job.held.sequenceId, job.held.length);
    const tokenIds = [...held.tokenIds, ...job.promptIds];
    const sequence = this.#decoder.fork(held);
    // Without new tokens the last one runs again, for its logits.
    if (job.promptIds.length === 0) this.#decoder.rollback(sequence, tokenIds.length - 1);
    return new GenerationTask(id, this.#context, job, { tokenIds, sequence, grammar });
  }

  /** @throws {AdapterError} if the request names an adapter that is not loaded. */
  #contextOf({ adapter }: Adapted): GenerationContext {
    if (adapter === undefined) return this.#context;
    return { ...this.#context, adapter: this.#adaptersFor(adapter).get(adapter) };
  }

  #adaptersFor(name: string): AdapterSet {
    const { adapters } = this.#decoder;
    if (!adapters) throw adaptersNotEnabled(name);
    return adapters;
  }

  async #loadAdapter(
    id: number,
    source: AdapterSource,
    { signal }: Pick<SequenceFileOptions, "signal">,
  ): Promise<TaskEvent> {
    const adapters = this.#adaptersFor(source.name);
    const adapter = await loadAdapter(source, this.#decoder.config, { signal });
    signal?.throwIfAborted(); // nobody is left to use it
    adapters.add(adapter);
    return { type: "adapterLoaded", id, info: adapter.info };
  }

  get #compiler(): GrammarCompiler {
    if (this.#grammars) return this.#grammars;
    throw new Error("engine: expected the vocabulary before a response format, got none");
  }

  /** What can be answered without the network. */
  async #reply(request: EngineJob & { readonly id: number }): Promise<TaskEvent> {
    const { id } = request;
    switch (request.type) {
      case "stats":
        return { type: "stats", id, stats: this.#stats() };
      case "hold": {
        return this.#hold(id, this.#decoder.createSequence(this.#contextOf(request).adapter));
      }
      case "fork": {
        const { sequenceId, length } = request.held;
        return this.#hold(id, this.#decoder.fork(this.#held.get(sequenceId, length)));
      }
      case "rollback":
        this.#held.get(request.held.sequenceId, request.held.length);
        return { type: "done", id };
      case "save":
        await this.#transfer(id, (options) => this.#save(request.held, request.path, options));
        return { type: "done", id };
      case "restore":
        return this.#transfer(id, (options) => this.#restore(id, request.path, options));
      case "loadAdapter":
        return this.#transfer(id, (options) => this.#loadAdapter(id, request.source, options));
      case "unloadAdapter":
        this.#decoder.removeAdapter(request.name);
        return { type: "done", id };
      default:
        throw new Error(`engine: expected a request it knows, got "${request.type}"`);
    }
  }

  async #transfer<Result>(
    id: number,
    work: (options: SequenceFileOptions) => Promise<Result>,
  ): Promise<Result> {
    const controller = new AbortController();
    this.#transfers.set(id, controller);
    try {
      return await work({ fingerprint: this.#fingerprint, signal: controller.signal });
    } finally {
      this.#transfers.delete(id);
    }
  }

  /** Writes a branch of the sequence, which nobody can change meanwhile. */
  async #save(held: HeldPrefix, path: string, options: SequenceFileOptions): Promise<void> {
    const branch = this.#decoder.fork(this.#held.get(held.sequenceId, held.length));
    try {
      await saveSequence(this.#decoder.cache, branch, path, options);
    } finally {
      this.#decoder.free(branch);
    }
  }

  async #restore(id: number, path: string, options: SequenceFileOptions): Promise<TaskEvent> {
    const sequence = await restoreSequence(this.#decoder.cache, path, {
      ...options,
      adapters: this.#decoder.adapters?.all,
      betweenRuns: (work) => this.#decoder.betweenRuns(work),
    });
    if (options.signal?.aborted) {
      this.#decoder.free(sequence); // nobody is left to hold it
      throw options.signal.reason;
    }
    return this.#hold(id, sequence);
  }

  #hold(id: number, sequence: Sequence): TaskEvent {
    this.#held.hold(id, sequence);
    const { tokenIds, adapter } = sequence;
    return { type: "held", id, sequenceId: id, tokenIds, adapter: adapter?.name };
  }

  #stats(): EngineStats {
    const { cacheStats, cacheBytes } = this.#decoder;
    const { lookups, lookupTokens, hits, hitTokens, evictedSlots } = cacheStats.prefixCache;
    return {
      ...memoryInUse(),
      cacheBytes,
      slots: {
        used: cacheStats.usedSlots,
        cached: cacheStats.cachedOnlySlots,
        limit: cacheStats.maxSlots,
      },
      prefixCache: { lookups, lookupTokens, hits, hitTokens, evictedSlots },
      sequences: { ...this.#scheduler.counts, held: this.#held.count },
      drafts: { ...this.#context.drafts.counts },
    };
  }

  #textOf(id: number, choice: number): GenerationTask | undefined {
    return this.#scheduler
      .tasksOf(id)
      .filter((task) => task instanceof GenerationTask)
      .find((task) => task.choice === choice);
  }

  /** Lets a generation wait for its reader, or go on. */
  #pace(id: number, awaitsReader: boolean): void {
    for (const task of this.#scheduler.tasksOf(id))
      if (task instanceof GenerationTask) task.awaitsReader = awaitsReader;
    this.#scheduler.wake();
  }

  #resume(id: number, choice: number, logits: Float32Array): void {
    const text = this.#textOf(id, choice);
    try {
      text?.resume(logits);
    } catch (error) {
      if (text) this.#scheduler.fail(text, error);
    }
    this.#scheduler.settle();
  }
}

function ofList({ list }: { readonly list?: number | undefined }, task: Task): Task {
  task.list = list;
  return task;
}
