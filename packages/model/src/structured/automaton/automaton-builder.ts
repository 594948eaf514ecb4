/**
 * A pushdown automaton over bytes, in the making.
 *
 * ```
 *   rule value:   start --"["--> a ==call value==> b --"]"--> accept
 *                                ^-----"," --------|
 * ```
 * A rule has a start and an accepting state; an edge reads a byte, reads nothing, or calls a rule and goes on at its target
 * when that rule accepts. The same rule may be called from many places and from itself: this is how schemas recur.
 */
import { MAX_STATES } from "../limits.ts";
import { ResponseFormatError } from "../response-format-error.ts";

/** A part of the grammar that can be called. */
export interface Rule {
  readonly start: number;
  /** Has no edges of its own. */
  readonly accept: number;
  /** Place in the schema, for messages. */
  readonly path: string;
}

/** Reads one byte from `first` to `last`. */
export interface ByteEdge {
  readonly first: number;
  readonly last: number;
  readonly target: number;
}

/** Reads what `rule` reads. */
export interface CallEdge {
  readonly rule: Rule;
  readonly target: number;
}

/** Edges of one state. */
export interface State {
  readonly bytes: ByteEdge[];
  /** States that are entered without reading. */
  readonly empties: number[];
  readonly calls: CallEdge[];
}

/** Makes states and edges, and bounds their number. */
export class AutomatonBuilder {
  readonly states: State[] = [];
  readonly rules: Rule[] = [];

  /** @throws {ResponseFormatError} if there would be too many. */
  state(): number {
    if (this.states.length >= MAX_STATES)
      throw new ResponseFormatError({
        where: "responseFormat",
        expected: `at most ${MAX_STATES} states`,
        actual: "more",
        hint: "use smaller maxItems, minItems, maxLength and minLength, or fewer choices",
      });
    return this.states.push({ bytes: [], empties: [], calls: [] }) - 1;
  }

  /** A rule without edges yet. */
  rule(path: string): Rule {
    const rule = { start: this.state(), accept: this.state(), path };
    this.rules.push(rule);
    return rule;
  }

  /** Reads one byte from `first` to `last`. */
  byte(from: number, first: number, last: number, target: number): void {
    this.#at(from).bytes.push({ first, last, target });
  }

  /** Reads nothing. */
  skip(from: number, target: number): void {
    this.#at(from).empties.push(target);
  }

  /** Reads what a rule reads. */
  call(from: number, rule: Rule, target: number): void {
    this.#at(from).calls.push({ rule, target });
  }

  /** Reads an ASCII text. */
  ascii(from: number, text: string, to: number): void {
    let state = from;
    for (let index = 0; index < text.length; index++) {
      const target = index === text.length - 1 ? to : this.state();
      const byte = text.charCodeAt(index);
      this.byte(state, byte, byte, target);
      state = target;
    }
  }

  #at(state: number): State {
    return this.states[state] as State;
  }
}
