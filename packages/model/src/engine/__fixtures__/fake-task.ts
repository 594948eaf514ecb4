import type { Decoder } from "../../network/decoder.ts";
import { Task, type Stage, type TaskRows } from "../tasks/task.ts";

/** How a fake task stands. */
export interface FakeTaskState {
  /** Tokens of its text. */
  readonly tokens: number;
  /** How many of them have run. */
  readonly past: number;
  readonly lastStep?: number;
  readonly isPaused?: boolean;
  readonly isSolo?: boolean;
  readonly width?: number;
}

/** A task without a network: its text is 0, 1, 2, … */
export class FakeTask extends Task {
  readonly tokenIds: readonly number[];
  mayDraft: boolean | undefined;
  readonly #state: FakeTaskState;

  constructor(id: number, state: FakeTaskState) {
    const ids = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
    const decoder = {
      createSequence: () => ({ tokenIds: ids(state.past), slots: ids(state.past) }),
      free: () => {},
    } as unknown as Decoder;
    super(id, { decoder, emit: () => {}, spawn: () => {} });
    this.#state = state;
    this.tokenIds = ids(state.tokens);
    this.lastStep = state.lastStep ?? 0;
  }

  get stage(): Stage {
    if (this.#state.isPaused) return "paused";
    return this.#state.tokens - this.#state.past > 1 ? "prompt" : "token";
  }

  override get isSolo(): boolean {
    return this.#state.isSolo ?? false;
  }

  override get width(): number {
    return this.#state.width ?? 1;
  }

  rows(limit: number, mayDraft: boolean): TaskRows {
    this.mayDraft = mayDraft;
    const { past } = this.#state;
    return { tokenIds: this.tokenIds.slice(past, past + limit), logits: "last" };
  }

  take(): void {}
}
