import { EngineLimitError } from "./engine-limit-error.ts";
import type { EngineLimits } from "./protocol.ts";
import type { Task } from "./tasks/task.ts";

/** Free slots that an admitted task should find besides those for its prompt: tokens that come before others end. */
const HEADROOM = 32;

/** What a line lets through. */
export interface LineLimits extends Required<
  Pick<EngineLimits, "maxSequences" | "maxWaiting" | "maxSlots">
> {}

/** How full the engine is. */
export interface Occupancy {
  readonly sequences: number;
  /** Slots that are free, or could be at once. */
  readonly freeSlots: number;
}

/** Tasks that have not been admitted yet, first come first served. */
export class WaitingLine {
  readonly #limits: LineLimits;
  #tasks: Task[] = [];

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  get tasks(): readonly Task[] {
    return this.#tasks;
  }

  /** @throws {EngineLimitError} if the task could never run, or has to wait and too many do. */
  add(task: Task, occupancy: Occupancy): void {
    const { maxSequences, maxSlots, maxWaiting } = this.#limits;
    const { slotsNeeded, width } = task;
    if (slotsNeeded > maxSlots) throw tooLong(slotsNeeded, maxSlots);
    if (width > maxSequences) throw tooWide(width, maxSequences);
    this.#tasks.push(task);
    if (this.#requestsLeft(occupancy) <= maxWaiting) return;
    this.#tasks.pop();
    throw tooMany(maxWaiting);
  }

  /** Puts back a task that had to give up its slots. */
  addFirst(task: Task): void {
    this.#tasks.unshift(task);
  }

  /** The next task to admit, if there is room for it; an empty engine takes any. */
  next(occupancy: Occupancy): Task | undefined {
    const [task] = this.#tasks;
    return task && this.#fits(task, occupancy) ? this.#tasks.shift() : undefined;
  }

  remove(isGone: (task: Task) => boolean): void {
    this.#tasks = this.#tasks.filter((task) => !isGone(task));
  }

  #fits({ width, tokenIds }: Task, { sequences, freeSlots }: Occupancy): boolean {
    if (sequences === 0) return true;
    const needed = tokenIds.length + HEADROOM * width;
    return sequences + width <= this.#limits.maxSequences && needed <= freeSlots;
  }

  /** Requests that would wait if the others were admitted now. */
  #requestsLeft({ sequences, freeSlots }: Occupancy): number {
    const left = this.#tasks.findIndex((task) => {
      if (!this.#fits(task, { sequences, freeSlots })) return true;
      sequences += task.width;
      freeSlots -= task.tokenIds.length;
      return false;
    });
    if (left < 0) return 0;
    return new Set(this.#tasks.slice(left).map((task) => task.list ?? task)).size;
  }
}

function tooLong(needed: number, limit: number): EngineLimitError {
  const hint = "shorten the prompt, lower maxNewTokens or n, or raise maxSlots";
  return new EngineLimitError("maxSlots", { needed, limit, unit: "tokens a request", hint });
}

function tooWide(needed: number, limit: number): EngineLimitError {
  const hint = "lower n, or raise maxSequences";
  return new EngineLimitError("maxSequences", { needed, limit, unit: "texts a request", hint });
}

function tooMany(limit: number): EngineLimitError {
  const hint = "try again later, or raise maxWaiting";
  const needed = limit + 1;
  return new EngineLimitError("maxWaiting", { needed, limit, unit: "waiting requests", hint });
}
