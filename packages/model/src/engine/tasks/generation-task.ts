import type { Sequence } from "../../network/decoder.ts";
import type { LogitsProcessor } from "../../sampling/filter.ts";
import { createSampler, type Sampler } from "../../sampling/sampler.ts";
import { TokenHistory } from "../../sampling/token-history.ts";
import { tokenLogprob, type TokenLogprob } from "../../sampling/token-logprobs.ts";
import type { GrammarState } from "../../structured/grammar.ts";
import type { HeldSequences } from "../held-sequences.ts";
import type { FinishReason, GenerateJob } from "../protocol.ts";
import { Drafter, type DraftContext } from "./drafter.ts";
import { PromptScores } from "./prompt-scores.ts";
import { Task, type RowResults, type Stage, type TaskContext, type TaskRows } from "./task.ts";

/** What generations work with. */
export interface GenerationContext extends TaskContext {
  readonly drafts: DraftContext;
  readonly held: HeldSequences;
}

/** Where a text starts. */
export interface TextStart {
  readonly tokenIds: readonly number[];
  /** What of it has run; default nothing. */
  readonly sequence?: Sequence | undefined;
  /** What the text must be; the task's own from here. */
  readonly grammar?: GrammarState | undefined;
  /** Which of the texts of its request it is; default the first. */
  readonly choice?: number | undefined;
}

/**
 * One text being generated: first its prompt in chunks, then token by token.
 *
 * Of several texts of one request the first processes the prompt; the others branch off when the first token is drawn.
 */
export class GenerationTask extends Task {
  readonly tokenIds: number[];
  readonly choice: number;
  readonly #job: GenerateJob;
  readonly #generation: GenerationContext;
  readonly #promptLength: number;
  readonly #history: TokenHistory;
  readonly #grammar: GrammarState | undefined;
  readonly #sampler: Sampler;
  readonly #drafter: Drafter | undefined;
  #promptScores: PromptScores | undefined;
  #drafts: readonly number[] = [];
  #awaitsProcessor = false;
  #awaitsReader = false;
  #isStarted: boolean;

  constructor(id: number, generation: GenerationContext, job: GenerateJob, start: TextStart) {
    super(id, generation, start.sequence);
    this.#generation = generation;
    this.#job = job;
    this.tokenIds = [...start.tokenIds];
    this.#promptLength = start.tokenIds.length;
    this.choice = start.choice ?? 0;
    this.#isStarted = this.choice > 0;
    this.#history = new TokenHistory(start.tokenIds);
    this.#grammar = start.grammar;
    const processors = start.grammar ? [this.#maskOf(start.grammar)] : [];
    this.#sampler = createSampler({ ...job.sampler, choice: this.choice }, { processors });
    if (job.speculative) this.#drafter = new Drafter(start.tokenIds, generation.drafts);
    if (job.promptLogprobs !== undefined && this.choice === 0)
      this.#promptScores = new PromptScores(start.tokenIds, job.promptLogprobs);
  }

  override get width(): number {
    return this.choice === 0 && this.#newTokens === 0 ? this.#job.n : 1;
  }

  override get slotsNeeded(): number {
    return this.#promptLength + this.#job.n * this.#job.maxNewTokens;
  }

  override get reusable(): readonly number[] {
    return this.#promptScores ? [] : this.tokenIds;
  }

  get stage(): Stage {
    if (this.#awaitsProcessor || this.#awaitsReader) return "paused";
    return this.tokenIds.length - this.sequence.tokenIds.length > 1 ? "prompt" : "token";
  }

  rows(limit: number, mayDraft: boolean): TaskRows {
    const start = this.sequence.tokenIds.length;
    this.#tellStart(start);
    const isNext = this.#newTokens > 0 && start === this.tokenIds.length - 1;
    this.#drafts = (isNext && mayDraft && this.#drafter?.draw(this.#tokensLeft - 1)) || [];
    const tokenIds = [
      ...this.tokenIds.slice(start, start + this.#cut(start, limit)),
      ...this.#drafts,
    ];
    if (this.#promptScores) return { tokenIds, logits: "all" };
    const isWhole = start + tokenIds.length >= this.tokenIds.length;
    return { tokenIds, logits: isWhole ? 1 + this.#drafts.length : 0 };
  }

  take({ logits, seconds, runRows }: RowResults): void {
    const { vocabSize } = this.context.decoder.config;
    const end = this.sequence.tokenIds.length;
    this.#promptScores?.take(logits, end - logits.length / vocabSize, vocabSize);
    if (end < this.tokenIds.length) return;
    if (this.#promptScores) this.#tellPromptScores(this.#promptScores);
    const drafts = this.#drafts;
    const count = 1 + drafts.length;
    const rows = Array.from({ length: count }, (_, row) => {
      const start = logits.length - (count - row) * vocabSize;
      return logits.subarray(start, start + vocabSize);
    });
    if (this.#newTokens === 0) this.#branch(rows[0] as Float32Array);
    const accepted = this.#continueWith(rows, drafts);
    if (runRows === count) this.#drafter?.record(drafts.length, accepted, seconds);
  }

  /** Takes the logits that the caller's processor has changed. */
  resume(logits: Float32Array): void {
    this.#awaitsProcessor = false;
    this.#choose([logits], []);
  }

  /** Waits for a slow reader; its slots stay until others need them. */
  set awaitsReader(isWaiting: boolean) {
    this.#awaitsReader = isWaiting;
  }

  override restart(): void {
    super.restart();
    this.#promptScores?.restart();
  }

  override end(): void {
    if (!this.isDone) this.#grammar?.dispose();
    super.end();
  }

  /** Ends the text because its caller has seen a stop string. */
  stop(): void {
    this.#finish("stop");
  }

  get #newTokens(): number {
    return this.tokenIds.length - this.#promptLength;
  }

  get #tokensLeft(): number {
    return this.#job.maxNewTokens - this.#newTokens;
  }

  #maskOf(grammar: GrammarState): LogitsProcessor {
    return (scores) => grammar.apply(scores, this.#tokensLeft);
  }

  /** Rows from `start` on. What was once drawn token by token runs so again where sums must not change. */
  #cut(start: number, limit: number): number {
    if (!this.context.decoder.isDeterministic) return limit;
    return start < this.#promptLength ? Math.min(limit, this.#promptLength - start) : 1;
  }

  #tellStart(cachedTokens: number): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.context.emit({ type: "started", id: this.id, cachedTokens });
  }

  #tellPromptScores({ scores }: PromptScores): void {
    this.context.emit({ type: "promptLogprobs", id: this.id, logprobs: scores });
    this.#promptScores = undefined;
  }

  /** The other texts go their own ways from here. */
  #branch(row: Float32Array): void {
    if (this.choice > 0) return;
    for (let choice = 1; choice < this.#job.n; choice++) {
      const text = new GenerationTask(this.id, this.#generation, this.#job, {
        tokenIds: this.tokenIds,
        sequence: this.context.decoder.fork(this.sequence),
        grammar: this.#grammar?.fork(),
        choice,
      });
      this.context.spawn(text);
      text.#continueWith([row], []);
    }
  }

  #continueWith(rows: readonly Float32Array[], drafts: readonly number[]): number {
    if (!this.#job.hasProcessor) return this.#choose(rows, drafts);
    this.#awaitsProcessor = true;
    const logits = (rows[0] as Float32Array).slice();
    const { id, choice } = this;
    this.context.emit({ type: "process", id, choice, logits }, [logits.buffer]);
    return 0;
  }

  /**
   * Draws from each row in turn, until a guess was wrong or the text has ended; what was run for wrong guesses is undone.
   *
   * @returns guesses that were right.
   */
  #choose(rows: readonly Float32Array[], drafts: readonly number[]): number {
    const tokenIds: number[] = [];
    const logprobs: TokenLogprob[] = [];
    let reason: FinishReason | undefined;
    for (const [index, row] of rows.entries()) {
      const tokenId = this.#sampler.sample(row, this.#history);
      const top = this.#job.topLogprobs;
      if (top !== undefined) logprobs.push(tokenLogprob(row, tokenId, top));
      tokenIds.push(tokenId);
      reason = this.#push(tokenId);
      if (reason || tokenId !== drafts[index]) break;
    }
    const { decoder, emit } = this.context;
    const length = Math.min(this.sequence.tokenIds.length, this.tokenIds.length - 1);
    decoder.rollback(this.sequence, length);
    if (length === this.#promptLength) decoder.remember(this.sequence);
    const { id, choice } = this;
    const told = this.#job.topLogprobs === undefined ? {} : { logprobs };
    emit({ type: "tokens", id, choice, tokenIds, ...told });
    if (reason) this.#finish(reason);
    return tokenIds.length - 1;
  }

  /** @returns why the text ends with this token, if it does. */
  #push(tokenId: number): FinishReason | undefined {
    this.#history.push(tokenId);
    this.#drafter?.push(tokenId);
    this.tokenIds.push(tokenId);
    if (this.#job.stopTokenIds.includes(tokenId)) return "stop";
    this.#grammar?.accept(tokenId);
    if (this.#grammar?.isFinished) return "stop";
    return this.#tokensLeft <= 0 ? "length" : undefined;
  }

  #finish(reason: FinishReason): void {
    if (this.isDone) return;
    const { decoder, emit } = this.context;
    const { held } = this.#job;
    decoder.remember(this.sequence);
    if (held) this.#generation.held.replace(held.sequenceId, decoder.fork(this.sequence));
    const { id, choice } = this;
    this.end();
    emit({ type: "finished", id, choice, reason });
  }
}
