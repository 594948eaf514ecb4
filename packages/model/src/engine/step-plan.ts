import type { ModelConfig } from "../config.ts";
import { chunkRows, PREFILL_ROWS } from "../network/prefill.ts";
import { type Task, type TaskRows } from "./tasks/task.ts";

/** A task with what it brings to a run. */
export interface PlannedRows {
  readonly task: Task;
  readonly rows: TaskRows;
}

/** How steps are filled. */
export interface StepRules {
  readonly config: Pick<ModelConfig, "numAttentionHeads">;
  /** Prompt rows of one run beside sequences that wait for a token. */
  readonly interleaveRows: number;
  /** Prompts are cut where they would be cut if they ran alone. */
  readonly isDeterministic: boolean;
}

/**
 * What runs next: the next token of every sequence that waits for one, and rows of prompts up to a limit, so that a long
 * prompt makes the others slower but never stops them. Among prompts who has waited longest comes first, chunk by chunk:
 * a short one does not wait for a long one's end.
 *
 * @param tasks - In the order of their admission.
 * @returns nothing if no task can run.
 */
export function planStep(tasks: readonly Task[], rules: StepRules): PlannedRows[] {
  const solo = nextSolo(tasks);
  if (solo) return planPrompts([solo], 0, { ...rules, isDeterministic: true });
  const waiting = tasks.filter(({ stage }) => stage === "token");
  const prompts = tasks.filter(({ stage, isSolo }) => stage === "prompt" && !isSolo);
  const mayDraft = tasks.length === 1 && !rules.isDeterministic;
  const plan = waiting.map((task) => ({ task, rows: task.rows(1, mayDraft) }));
  const past = waiting.reduce((sum, { sequence }) => sum + sequence.slots.length, 0);
  const beside = { ...rules, interleaveRows: waiting.length > 0 ? rules.interleaveRows : Infinity };
  return plan.concat(planPrompts(prompts, past, beside));
}

/** @param past - Slots of the sequences that share the run. */
function planPrompts(
  prompts: readonly Task[],
  past: number,
  { config, interleaveRows, isDeterministic }: StepRules,
): PlannedRows[] {
  const plan: PlannedRows[] = [];
  let room = Math.min(interleaveRows, PREFILL_ROWS);
  let slots = past;
  for (const task of prompts.toSorted((a, b) => a.lastStep - b.lastStep)) {
    const own = task.sequence.slots.length;
    if (isDeterministic) return [{ task, rows: task.rows(chunkRows(config, own), false) }];
    slots += own;
    const rows = task.rows(Math.min(room, chunkRows(config, slots)), false);
    plan.push({ task, rows });
    room -= rows.tokenIds.length;
    if (room <= 0) break;
  }
  return plan;
}

/** A task that runs alone, if it has waited longer than all others. */
function nextSolo(tasks: readonly Task[]): Task | undefined {
  const runnable = tasks.filter(({ stage }) => stage !== "paused");
  const [next] = runnable.toSorted((a, b) => a.lastStep - b.lastStep);
  return next?.isSolo ? next : undefined;
}
