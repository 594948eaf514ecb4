import type { Decoder } from "../network/decoder.ts";
import { commonPrefix, type Task } from "./tasks/task.ts";

/** A common beginning shorter than this is computed again rather than waited for. */
const MIN_SHARED = 64;

/**
 * Beginnings of prompts that need not be computed twice: taken from the prefix cache, or waited for where another running
 * task is just computing them.
 */
export class SharedPrompts {
  readonly #decoder: Decoder;
  /** Tasks that have looked for their beginning. */
  readonly #settled = new WeakSet<Task>();

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /**
   * Looks for a task's beginning, once; to be asked before it runs.
   *
   * @param earlier - Tasks that were admitted before it.
   * @returns false while it should wait.
   */
  settle(task: Task, earlier: readonly Task[]): boolean {
    if (this.#settled.has(task)) return true;
    if (task.sequence.tokenIds.length === 0 && task.reusable.length > 1) {
      for (const leader of earlier) {
        if (leader.sequence.adapter !== task.sequence.adapter) continue;
        const shared = commonPrefix(leader.tokenIds, task.reusable);
        if (shared < MIN_SHARED || !leader.isRemembered) continue;
        if (leader.stage === "prompt" && leader.sequence.tokenIds.length < shared) return false;
        this.#decoder.remember(leader.sequence);
      }
      this.#decoder.adopt(task.sequence, task.reusable);
    }
    this.#settled.add(task);
    return true;
  }

  /** A task that has lost its slots looks again. */
  forget(task: Task): void {
    this.#settled.delete(task);
  }
}
