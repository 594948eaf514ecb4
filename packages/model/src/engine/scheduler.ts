import { setImmediate } from "node:timers/promises";
import { DisposedError } from "@baichuan2/kernels";
import type { BatchItem, Decoder, Sequence } from "../network/decoder.ts";
import { chunkRows, forwardInChunks } from "../network/prefill.ts";
import { createSampler, type Sampler } from "../sampling/sampler.ts";
import { TokenHistory } from "../sampling/token-history.ts";
import type { EngineEvent, FinishReason, GenerateJob } from "./protocol.ts";
import { scoreInChunks } from "./score-in-chunks.ts";
import { traceInChunks } from "./trace-in-chunks.ts";
import { toWireError } from "./wire-error.ts";

/** One generation in flight. */
interface Running {
  readonly id: number;
  readonly job: GenerateJob;
  readonly sequence: Sequence;
  readonly sampler: Sampler;
  readonly history: TokenHistory;
  /** Tokens that have not been through the network yet: rest of the prompt, or the token drawn last. */
  pending: readonly number[];
  newTokens: number;
}

/** A text of which numbers are wanted: each `next` runs a chunk in an empty sequence, the end is the answer. */
type ChunkedText = (
  sequence: Sequence,
  signal: AbortSignal,
) => AsyncGenerator<void, { readonly event: EngineEvent; readonly transfer: ArrayBuffer[] }>;

/**
 * Runs all generations side by side. One step takes the next token of every sequence that is past its prompt and one
 * chunk of the oldest prompt (and one of a text that wants logits); between steps the thread listens, so an abort takes effect within one step.
 */
export class Scheduler {
  readonly #decoder: Decoder;
  readonly #emit: (event: EngineEvent, transfer?: ArrayBuffer[]) => void;
  readonly #running = new Map<number, Running>();
  /** Texts whose logits or states are wanted, one after another; each `next` runs a chunk. */
  readonly #scoring: AsyncGenerator<void, void>[] = [];
  readonly #scoringJobs = new Map<number, AbortController>();
  #loop: Promise<void> | undefined;

  constructor(decoder: Decoder, emit: (event: EngineEvent, transfer?: ArrayBuffer[]) => void) {
    this.#decoder = decoder;
    this.#emit = emit;
  }

  /** Starts a generation. */
  generate(id: number, job: GenerateJob): void {
    try {
      // Here, because in a step it would fail the sequences that share it.
      this.#decoder.checkTokenIds(job.promptIds);
      this.#running.set(id, this.#start(id, job));
      this.#wake();
    } catch (error) {
      this.#emit({ type: "failed", id, error: toWireError(error) });
    }
  }

  /** Computes logits of a text, of every position or of the last one. */
  logits(id: number, tokenIds: readonly number[], last: boolean): void {
    const decoder = this.#decoder;
    const { vocabSize } = decoder.config;
    this.#inChunks(id, async function* (sequence, signal) {
      const data = new Float32Array((last ? 1 : tokenIds.length) * vocabSize);
      let filled = 0;
      const wanted = last ? "last" : "all";
      for await (const rows of forwardInChunks(decoder, sequence, tokenIds, wanted, signal)) {
        data.set(rows, filled);
        filled += rows.length;
        yield;
      }
      return { event: { type: "logits", id, data, vocabSize }, transfer: [data.buffer] };
    });
  }

  /** Computes hidden states and logits of every token of a text. */
  hiddenStates(id: number, tokenIds: readonly number[]): void {
    const decoder = this.#decoder;
    const { vocabSize } = decoder.config;
    this.#inChunks(id, async function* (sequence, signal) {
      const trace = yield* traceInChunks(decoder, sequence, tokenIds, signal);
      const transfer = [trace.logits, ...trace.states].map(({ buffer }) => buffer);
      return { event: { type: "hiddenStates", id, trace, vocabSize }, transfer };
    });
  }

  /** Computes log-probabilities of the tokens of a text from one on. */
  score(id: number, tokenIds: readonly number[], from: number): void {
    const decoder = this.#decoder;
    this.#inChunks(id, async function* (sequence, signal) {
      const scoring = yield* scoreInChunks(decoder, sequence, tokenIds, from, signal);
      const transfer = [scoring.logprobs.buffer, scoring.isGreedy.buffer];
      return { event: { type: "scores", id, scoring }, transfer };
    });
  }

  /** Ends a job without an answer; unknown ids are ignored (it may just have finished). */
  abort(id: number): void {
    this.#scoringJobs.get(id)?.abort();
    const running = this.#running.get(id);
    if (running) this.#end(running);
  }

  /** Ends all jobs and waits for the step in flight. */
  async close(): Promise<void> {
    for (const running of this.#running.values()) this.#end(running);
    for (const controller of this.#scoringJobs.values())
      controller.abort(new DisposedError("engine"));
    await this.#loop;
  }

  #start(id: number, job: GenerateJob): Running {
    return {
      id,
      job,
      sequence: this.#decoder.createSequence(),
      sampler: createSampler(job.sampler),
      history: new TokenHistory(job.promptIds),
      pending: job.promptIds,
      newTokens: 0,
    };
  }

  #wake(): void {
    this.#loop ??= this.#run().finally(() => {
      this.#loop = undefined;
    });
  }

  async #run(): Promise<void> {
    await setImmediate(); // jobs that arrive together start together
    while (this.#running.size > 0 || this.#scoring.length > 0) {
      const scored = await this.#scoring[0]?.next();
      if (scored?.done) this.#scoring.shift();
      await this.#step();
      await setImmediate();
    }
  }

  async #step(): Promise<void> {
    const batch = this.#nextBatch();
    if (batch.length === 0) return;
    try {
      const logits = await this.#decoder.forward(batch.map(({ item }) => item));
      for (const [index, { running, item }] of batch.entries()) {
        this.#advance(running, item, logits[index] ?? new Float32Array());
      }
    } catch (error) {
      for (const { running } of batch) this.#fail(running, error);
    }
  }

  #nextBatch(): { running: Running; item: BatchItem }[] {
    const batch: { running: Running; item: BatchItem }[] = [];
    let hasPrefill = false;
    for (const running of this.#running.values()) {
      const { pending, sequence } = running;
      const isPrefill = pending.length > 1;
      if (isPrefill && hasPrefill) continue;
      hasPrefill ||= isPrefill;
      const tokenIds = pending.slice(0, chunkRows(this.#decoder.config, sequence.slots.length));
      const logits = tokenIds.length === pending.length ? "last" : "none";
      batch.push({ running, item: { sequence, tokenIds, logits } });
    }
    return batch;
  }

  /** Takes a finished row's token, or the rest of the prompt, unless the job was aborted meanwhile. */
  #advance(running: Running, item: BatchItem, logits: Float32Array): void {
    if (!this.#running.has(running.id)) return this.#decoder.free(running.sequence);
    running.pending = running.pending.slice(item.tokenIds.length);
    if (item.logits === "none") return;
    try {
      this.#takeToken(running, running.sampler.sample(logits, running.history));
    } catch (error) {
      this.#fail(running, error);
    }
  }

  #takeToken(running: Running, tokenId: number): void {
    const { id, job, history } = running;
    history.push(tokenId);
    running.newTokens += 1;
    running.pending = [tokenId];
    this.#emit({ type: "token", id, tokenId });
    if (job.stopTokenIds.includes(tokenId)) this.#finish(running, "stop");
    else if (running.newTokens >= job.maxNewTokens) this.#finish(running, "length");
  }

  #finish(running: Running, reason: FinishReason): void {
    this.#end(running);
    this.#emit({ type: "finished", id: running.id, reason });
  }

  #fail(running: Running, error: unknown): void {
    this.#end(running);
    this.#emit({ type: "failed", id: running.id, error: toWireError(error) });
  }

  #end(running: Running): void {
    this.#running.delete(running.id);
    this.#decoder.free(running.sequence);
  }

  /** Puts a text in line. */
  #inChunks(id: number, text: ChunkedText): void {
    const controller = new AbortController();
    this.#scoringJobs.set(id, controller);
    this.#scoring.push(this.#answer(id, text, controller.signal));
    this.#wake();
  }

  async *#answer(id: number, text: ChunkedText, signal: AbortSignal): AsyncGenerator<void, void> {
    const sequence = this.#decoder.createSequence();
    try {
      const { event, transfer } = yield* text(sequence, signal);
      this.#emit(event, transfer);
    } catch (error) {
      this.#emit({ type: "failed", id, error: toWireError(error) });
    } finally {
      this.#scoringJobs.delete(id);
      this.#decoder.free(sequence);
    }
  }
}
