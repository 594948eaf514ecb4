import type { SequenceAdapter } from "../../cache/sequence.ts";
import type { BatchItem, Decoder, Sequence } from "../../network/decoder.ts";
import type { TaskEvent } from "../protocol.ts";
import { toWireError } from "../wire-error.ts";

/** What a task is given to work with. */
export interface TaskContext {
  readonly decoder: Decoder;
  readonly emit: (event: TaskEvent, transfer?: ArrayBuffer[]) => void;
  /** Lets another task join the running ones; its sequence exists already. */
  readonly spawn: (task: Task) => void;
  /** Of a task that begins a sequence; default none. */
  readonly adapter?: SequenceAdapter | undefined;
}

/** Rows that a task brings to the next run. */
export type TaskRows = Omit<BatchItem, "sequence">;

/** What a run gave for a task's rows. */
export interface RowResults {
  /** `[R, V]`; valid until the next run. */
  readonly logits: Float32Array;
  /** `[R, C]`, if some task of the run wanted it. */
  readonly hidden?: Float32Array | undefined;
  /** Length of the run, and its rows of all tasks. */
  readonly seconds: number;
  readonly runRows: number;
}

/** What a task waits for: more of its text to be processed, its next token, or its caller. */
export type Stage = "prompt" | "token" | "paused";

/**
 * A text on its way through the network for one request. What has run is `sequence`; everything else is derived from its
 * length, so that a task which lost its slots simply starts again.
 */
export abstract class Task {
  /** The request; the texts of one generation share it. */
  readonly id: number;
  sequence: Sequence;
  /** The step that it last had rows in: who has waited longest comes first. */
  lastStep = 0;
  /** The list of texts that it belongs to, if any: all of one list wait as one request. */
  list: number | undefined;
  #isDone = false;
  protected readonly context: TaskContext;

  constructor(id: number, context: TaskContext, sequence = newSequence(context)) {
    this.id = id;
    this.context = context;
    this.sequence = sequence;
  }

  /** All tokens of the text known so far. */
  abstract readonly tokenIds: readonly number[];
  abstract readonly stage: Stage;

  /** Sequences that it will become. */
  get width(): number {
    return 1;
  }

  /** Slots that it may need in all. */
  get slotsNeeded(): number {
    return this.tokenIds.length;
  }

  /** Beginning that may come from the prefix cache instead of being computed; the last of these tokens always runs. */
  get reusable(): readonly number[] {
    return this.tokenIds;
  }

  /** Whether the prefix cache should keep its prompt for others. */
  get isRemembered(): boolean {
    return true;
  }

  /** Wants the states after the final norm of its output rows. */
  get wantsHidden(): boolean {
    return false;
  }

  /** Wants runs for itself. */
  get isSolo(): boolean {
    return false;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * The next rows.
   *
   * @param limit - Most rows of a prompt, at least 1.
   * @param mayDraft - Whether it may guess tokens ahead.
   */
  abstract rows(limit: number, mayDraft: boolean): TaskRows;

  /** Takes what a run gave; throws what fails the request. */
  abstract take(results: RowResults): void;

  /** Gives the slots back, to begin anew. */
  restart(): void {
    this.context.decoder.free(this.sequence);
    this.sequence = this.context.decoder.createSequence(this.sequence.adapter);
  }

  /** Tells the caller what went wrong, and ends. */
  fail(error: unknown): void {
    if (this.#isDone) return;
    this.context.emit({ type: "failed", id: this.id, error: toWireError(error) });
    this.end();
  }

  /** Frees what it holds; nothing is told. */
  end(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.context.decoder.free(this.sequence);
  }
}

function newSequence({ decoder, adapter }: TaskContext): Sequence {
  return decoder.createSequence(adapter);
}

/** How many tokens two texts begin with together. */
export function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}
