import { setImmediate } from "node:timers/promises";
import { DeviceError, DisposedError } from "@baichuan2/kernels";
import { KvCacheFullError } from "../cache/kv-cache-full-error.ts";
import type { Decoder } from "../network/decoder.ts";
import type { EngineStats } from "./engine-stats.ts";
import { LogitsError } from "../sampling/logits-error.ts";
import { SharedPrompts } from "./shared-prompts.ts";
import { planStep, type PlannedRows, type StepRules } from "./step-plan.ts";
import type { Task } from "./tasks/task.ts";
import { WaitingLine, type LineLimits, type Occupancy } from "./waiting-line.ts";

/** Failures of the device one after another that it does not recover from. */
const FATAL_FAILURES = 2;

/** What a scheduler keeps to. */
export interface SchedulerOptions extends LineLimits {
  readonly interleaveRows: number;
  /** Called when the device has failed again and again: nothing more can be run. */
  readonly onFatal: (error: DeviceError) => void;
}

/**
 * Runs all tasks side by side, step by step. They join and leave between steps, when the thread also listens: an abort
 * takes effect within one step.
 *
 * Where the slots run out the task admitted last gives its own back and waits, to be computed again.
 */
export class Scheduler {
  readonly #decoder: Decoder;
  readonly #rules: StepRules;
  readonly #onFatal: SchedulerOptions["onFatal"];
  readonly #waiting: WaitingLine;
  readonly #shared: SharedPrompts;
  /** In the order of admission. */
  #running: Task[] = [];
  #loop: Promise<void> | undefined;
  #step = 0;
  #preemptions = 0;
  #failures = 0;

  constructor(decoder: Decoder, { interleaveRows, onFatal, ...limits }: SchedulerOptions) {
    this.#decoder = decoder;
    const { config, isDeterministic } = decoder;
    this.#rules = { config, interleaveRows, isDeterministic };
    this.#onFatal = onFatal;
    this.#waiting = new WaitingLine(limits);
    this.#shared = new SharedPrompts(decoder);
  }

  get counts(): Pick<EngineStats["sequences"], "running" | "waiting" | "preemptions"> {
    const waiting = this.#waiting.tasks.length;
    return { running: this.#running.length, waiting, preemptions: this.#preemptions };
  }

  /** @throws {EngineLimitError} if the task could never run, or has to wait and too many do. */
  add(task: Task): void {
    this.#waiting.add(task, this.#occupancy());
    this.wake();
  }

  /** Lets a task join at once that branches off a running one. */
  join(task: Task): void {
    this.#running.push(task);
  }

  /** The tasks of a request. */
  tasksOf(id: number): readonly Task[] {
    return [...this.#running, ...this.#waiting.tasks].filter((task) => task.id === id);
  }

  /** Goes on, if it had nothing to do. */
  wake(): void {
    this.#loop ??= this.#run().finally(() => {
      this.#loop = undefined;
    });
  }

  /** Ends a request without an answer; unknown ones are ignored (it may just have finished). */
  abort(id: number): void {
    for (const task of this.tasksOf(id)) task.end();
    this.settle();
  }

  /** Lets go of tasks that have ended outside of a step, and goes on with the others. */
  settle(): void {
    this.#forgetDone();
    this.wake();
  }

  /** Fails a task's request, with all its texts. Rows that are no numbers must not stay where others' runs read them. */
  fail(failed: Task, error: unknown): void {
    const others = this.tasksOf(failed.id).filter((task) => task !== failed);
    for (const task of [...others, failed]) {
      if (error instanceof LogitsError) this.#decoder.scrub(task.sequence);
      if (task === failed) task.fail(error);
      else task.end();
    }
  }

  /** Ends all tasks and waits for the step in flight. */
  async close(): Promise<void> {
    for (const task of [...this.#running, ...this.#waiting.tasks])
      task.fail(new DisposedError("engine"));
    this.#forgetDone();
    await this.#loop;
  }

  async #run(): Promise<void> {
    await setImmediate(); // tasks that arrive together start together
    for (;;) {
      this.#admit();
      const plan = planStep(this.#ready(), this.#rules);
      if (plan.length === 0) return;
      await this.#runStep(plan);
      this.#forgetDone();
      await setImmediate();
    }
  }

  #admit(): void {
    for (;;) {
      const task = this.#waiting.next(this.#occupancy());
      if (!task) return;
      this.#running.push(task);
    }
  }

  #occupancy(): Occupancy {
    const { usedSlots, cachedOnlySlots, maxSlots } = this.#decoder.cacheStats;
    let [sequences, freeSlots] = [0, maxSlots - usedSlots + cachedOnlySlots];
    for (const { tokenIds, sequence, width } of this.#running) {
      sequences += width;
      freeSlots -= tokenIds.length - sequence.tokenIds.length;
    }
    return { sequences, freeSlots };
  }

  /** Tasks that need not wait for another's prompt. */
  #ready(): readonly Task[] {
    return this.#running.filter((task, index) =>
      this.#shared.settle(task, this.#running.slice(0, index)),
    );
  }

  async #runStep(plan: readonly PlannedRows[]): Promise<void> {
    this.#step += 1;
    const runRows = plan.reduce((sum, { rows }) => sum + rows.tokenIds.length, 0);
    const hidden = plan.some(({ task }) => task.wantsHidden);
    const items = plan.map(({ task, rows }) => ({ sequence: task.sequence, ...rows }));
    const start = performance.now();
    try {
      const results = await this.#decoder.run(items, { hidden });
      const seconds = (performance.now() - start) / 1000;
      this.#failures = 0;
      for (const [index, { task }] of plan.entries()) {
        const logits = results.logits[index] ?? new Float32Array();
        this.#advance(task, { logits, hidden: results.hidden[index], seconds, runRows });
      }
    } catch (error) {
      this.#recover(plan, error);
    }
  }

  #advance(task: Task, results: Parameters<Task["take"]>[0]): void {
    if (task.isDone) return; // aborted meanwhile
    task.lastStep = this.#step;
    try {
      task.take(results);
    } catch (error) {
      this.fail(task, error);
    }
  }

  #recover(plan: readonly PlannedRows[], error: unknown): void {
    if (error instanceof KvCacheFullError && this.#preempt(plan)) return;
    for (const { task } of plan) task.fail(error);
    if (!(error instanceof DeviceError)) return;
    this.#failures += 1;
    if (this.#failures >= FATAL_FAILURES) this.#onFatal(error);
  }

  /** Makes room at the cost of the task admitted last. @returns whether there was one. */
  #preempt(plan: readonly PlannedRows[]): boolean {
    const planned = new Set(plan.map(({ task }) => task));
    const candidates = this.#running.filter(
      (task) => planned.has(task) || task.sequence.slots.length > 0,
    );
    const last = candidates.at(-1);
    if (!last || candidates.length < 2) return false;
    last.restart();
    this.#shared.forget(last);
    this.#running = this.#running.filter((task) => task !== last);
    this.#waiting.addFirst(last);
    this.#preemptions += 1;
    return true;
  }

  #forgetDone(): void {
    this.#running = this.#running.filter(({ isDone }) => !isDone);
    this.#waiting.remove(({ isDone }) => isDone);
  }
}
