/**
 * Reads bytes with a pushdown automaton, all ways at once.
 *
 * Where a text can be read in several ways (a number may go on or end, two alternatives begin alike) all of them are followed.
 * What can follow depends on the set of ways alone, and sets recur: within a string each character leads back to the same one.
 * So sets are kept, with their successors: a deterministic automaton that grows where texts lead.
 *
 * A way is entered only if its text can be finished without opening more than `MAX_OPEN_RULES` rules; hence every set has a
 * successor or may end. A text that could be read in more than `MAX_READINGS` ways is not gone on with: ambiguous recursive
 * schemas double the ways with every level, and a writer of one is kept from nesting deeper.
 */
import { MAX_KEPT_SETS, MAX_OPEN_RULES, MAX_READINGS } from "../limits.ts";
import { ResponseFormatError } from "../response-format-error.ts";
import type { Automaton } from "./automaton.ts";
import { Frame, ReadingSet } from "./frame.ts";

/** Keeps the sets of one automaton. */
export class Reader {
  readonly #automaton: Automaton;
  #roots = new Map<number, Frame>();
  #sets = new Map<string, ReadingSet>();
  #epoch = 0;
  #frameCount = 0;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
  }

  /** Nothing has been read yet. @throws {ResponseFormatError} if there are too many ways to begin. */
  start(): ReadingSet {
    const closure = new Closure();
    this.#enter(closure, this.#automaton.root.start, undefined);
    if (closure.isTooWide) throw tooManyReadings();
    return this.#setOf(closure);
  }

  /** The set after `byte`; null if no text goes on so. */
  step(set: ReadingSet, byte: number): ReadingSet | null {
    const index = this.#automaton.classOfByte[byte] as number;
    const known = set.next[index];
    if (known !== undefined) return known;
    const next = this.#makeNext(set, byte);
    set.next[index] = next;
    return next;
  }

  /**
   * The same set in the current cache. A cache that has grown too large is left to the garbage collector, unless a set that
   * somebody holds leads to it: call this before working on with a set.
   */
  renew(set: ReadingSet): ReadingSet {
    if (this.#sets.size > MAX_KEPT_SETS) {
      this.#roots = new Map();
      this.#sets = new Map();
      this.#epoch++;
    }
    if (set.epoch === this.#epoch) return set;
    const frames = set.frames.map((frame) => this.#renewFrame(frame));
    return this.#intern(frames, set.mayEnd);
  }

  /** Bytes that some way can read, the first of each class only. */
  *bytesOf(set: ReadingSet): Generator<number> {
    const { classOfByte, states } = this.#automaton;
    const seen = new Set<number>();
    for (const { state } of set.frames)
      for (const { first, last } of states[state]?.bytes ?? [])
        for (let byte = first; byte <= last; byte++) {
          const index = classOfByte[byte] as number;
          if (seen.has(index)) continue;
          seen.add(index);
          yield byte;
        }
  }

  #makeNext(set: ReadingSet, byte: number): ReadingSet | null {
    const closure = new Closure();
    for (const { state, parent } of set.frames)
      for (const { first, last, target } of this.#automaton.states[state]?.bytes ?? [])
        if (byte >= first && byte <= last) this.#enter(closure, target, parent);
    const isDead = closure.frames.size === 0 && !closure.mayEnd;
    return isDead || closure.isTooWide ? null : this.#setOf(closure);
  }

  /** Adds the frames that are reached from here without reading. */
  #enter(closure: Closure, state: number, parent: Frame | undefined): void {
    const { states, isAccept } = this.#automaton;
    closure.pending.push(this.#frame(state, parent));
    for (let frame = closure.pending.pop(); frame !== undefined; frame = closure.pending.pop()) {
      if (closure.seen.has(frame) || !this.#canEnd(frame)) continue;
      closure.seen.add(frame);
      if (closure.isTooWide) return;
      const { bytes, empties, calls } = states[frame.state] as Automaton["states"][number];
      if (bytes.length > 0) closure.frames.add(frame);
      if (isAccept[frame.state]) {
        if (frame.parent === undefined) closure.mayEnd = true;
        else closure.pending.push(this.#frame(frame.parent.state, frame.parent.parent));
      }
      for (const target of empties) closure.pending.push(this.#frame(target, frame.parent));
      for (const { rule, target } of calls) {
        const back = this.#frame(target, frame.parent);
        if (this.#canEnd(back)) closure.pending.push(this.#frame(rule.start, back));
      }
    }
  }

  #canEnd(frame: Frame): boolean {
    const { height } = this.#automaton;
    return frame.depth + (height[frame.state] as number) <= MAX_OPEN_RULES;
  }

  #frame(state: number, parent: Frame | undefined): Frame {
    const siblings = parent === undefined ? this.#roots : parent.children;
    const known = siblings.get(state);
    if (known !== undefined) return known;
    const distance = this.#automaton.distance[state] as number;
    const frame = new Frame(this.#frameCount++, state, parent, distance);
    siblings.set(state, frame);
    return frame;
  }

  #renewFrame(frame: Frame): Frame {
    const parent = frame.parent === undefined ? undefined : this.#renewFrame(frame.parent);
    return this.#frame(frame.state, parent);
  }

  #setOf({ frames, mayEnd }: Closure): ReadingSet {
    return this.#intern([...frames], mayEnd);
  }

  #intern(frames: readonly Frame[], mayEnd: boolean): ReadingSet {
    const sorted = frames.toSorted((a, b) => a.id - b.id);
    const key = `${mayEnd ? "end" : ""}${sorted.map(({ id }) => id).join()}`;
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const set = new ReadingSet(sorted, mayEnd, this.#epoch, this.#automaton.classCount);
    this.#sets.set(key, set);
    return set;
  }
}

/** What is reached without reading, while it is being found. */
class Closure {
  readonly frames = new Set<Frame>();
  readonly seen = new Set<Frame>();
  readonly pending: Frame[] = [];
  mayEnd = false;

  get isTooWide(): boolean {
    return this.seen.size > MAX_READINGS;
  }
}

function tooManyReadings(): ResponseFormatError {
  return new ResponseFormatError({
    where: "responseFormat",
    expected: `a format that can begin in at most ${MAX_READINGS} ways`,
    actual: "one that can begin in more",
    hint: "use fewer alternatives",
  });
}
