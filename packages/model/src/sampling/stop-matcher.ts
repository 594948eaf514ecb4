/**
 * Finds stop strings in text that arrives in pieces, and holds back only what may still become one.
 *
 * Aho-Corasick over UTF-16 code units: the depth of the current state is the length of the longest suffix
 * of the text that starts a stop string, which is exactly what must be held back. A code unit costs O(1)
 * amortised, however many stop strings there are.
 */

interface State {
  readonly next: Map<number, State>;
  /** Length of the path to this state. */
  readonly depth: number;
  /** State of the longest proper suffix that starts a stop string. */
  fail: State | undefined;
  /** Longest stop string that ends here. */
  stop: string | undefined;
}

/** Watches one streamed text. */
export interface StopMatcher {
  /**
   * Takes the next piece of text.
   *
   * @returns text that is certainly before any stop string; "" once a stop string was found.
   */
  push(text: string): string;
  /** The text ended: returns what was held back. */
  flush(): string;
  /** The stop string found, or undefined. */
  readonly matched: string | undefined;
}

/**
 * Creates a matcher. The stop string that is complete first wins, of several complete at once the longest;
 * so the result does not depend on how the text was cut into pieces.
 *
 * @param stops - Stop strings, none empty; none at all is allowed.
 */
export function createStopMatcher(stops: readonly string[]): StopMatcher {
  const root = buildAutomaton(stops);
  let state = root;
  let held = "";
  let matched: string | undefined;

  return {
    get matched() {
      return matched;
    },
    push(text) {
      if (matched !== undefined) return "";
      const open = held + text;
      for (let index = held.length; index < open.length; index++) {
        state = step(state, open.charCodeAt(index));
        if (state.stop !== undefined) {
          matched = state.stop;
          held = "";
          return open.slice(0, index + 1 - matched.length);
        }
      }
      const safe = open.length - state.depth;
      held = open.slice(safe);
      return open.slice(0, safe);
    },
    flush() {
      const rest = held;
      held = "";
      state = root;
      return rest;
    },
  };
}

function step(from: State, unit: number): State {
  let state = from;
  for (;;) {
    const next = state.next.get(unit);
    if (next) return next;
    if (!state.fail) return state;
    state = state.fail;
  }
}

function buildAutomaton(stops: readonly string[]): State {
  const root = createState(0);
  for (const stop of stops) insert(root, stop);
  linkFailures(root);
  return root;
}

function createState(depth: number): State {
  return { next: new Map(), depth, fail: undefined, stop: undefined };
}

function insert(root: State, stop: string): void {
  let state = root;
  for (let index = 0; index < stop.length; index++) {
    const unit = stop.charCodeAt(index);
    let next = state.next.get(unit);
    if (!next) state.next.set(unit, (next = createState(index + 1)));
    state = next;
  }
  state.stop = stop;
}

/** Breadth first, so that the failure state of a parent is known before its children's. */
function linkFailures(root: State): void {
  const queue = [root];
  for (const state of queue) {
    for (const [unit, child] of state.next) {
      child.fail = state.fail ? step(state.fail, unit) : root;
      child.stop ??= child.fail.stop;
      queue.push(child);
    }
  }
}
