import { MAX_OPEN_RULES, MAX_SHORTEST_BYTES } from "../limits.ts";
import { ResponseFormatError } from "../response-format-error.ts";
import type { AutomatonBuilder, Rule, State } from "./automaton-builder.ts";
import { shortestEnds, type ShortestEnds } from "./shortest-end.ts";

/** A finished pushdown automaton over bytes. */
export interface Automaton extends ShortestEnds {
  readonly states: readonly State[];
  /** Whether a state is the accepting one of its rule. */
  readonly isAccept: Uint8Array;
  readonly root: Rule;
  /** Bytes that every edge treats alike have the same class; shape `[256]`. */
  readonly classOfByte: Uint8Array;
  readonly classCount: number;
}

/**
 * Finishes an automaton.
 *
 * @throws {ResponseFormatError} if it reads no text at all, or none that is short enough, or if a rule calls itself before it
 * reads anything.
 */
export function finishAutomaton(builder: AutomatonBuilder, root: Rule): Automaton {
  checkLeftRecursion(builder);
  const { states, rules } = builder;
  const ends = shortestEnds(states, rules);
  if (!((ends.height[root.start] as number) <= MAX_OPEN_RULES))
    throw new ResponseFormatError({
      where: "responseFormat",
      expected: `a format with a text of at most ${MAX_SHORTEST_BYTES} bytes and ${MAX_OPEN_RULES} levels`,
      actual: "one without",
      hint: "its constraints contradict each other, or it nests for ever",
    });
  const isAccept = new Uint8Array(states.length);
  for (const { accept } of rules) isAccept[accept] = 1;
  return { states, isAccept, root, ...ends, ...byteClasses(states) };
}

function byteClasses(states: readonly State[]): Pick<Automaton, "classOfByte" | "classCount"> {
  const isBoundary = new Uint8Array(257);
  for (const { bytes } of states)
    for (const { first, last } of bytes) {
      isBoundary[first] = 1;
      isBoundary[last + 1] = 1;
    }
  const classOfByte = new Uint8Array(256);
  let index = 0;
  for (let byte = 1; byte < 256; byte++) classOfByte[byte] = isBoundary[byte] ? ++index : index;
  return { classOfByte, classCount: index + 1 };
}

/** A rule that is called first thing in itself could be called for ever: nothing would be read. */
function checkLeftRecursion({ states, rules }: AutomatonBuilder): void {
  const visited = new Map<Rule, "open" | "done">();
  for (const rule of rules) visit(rule);

  function visit(root: Rule): void {
    const pending = [{ rule: root, isExit: false }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { rule, isExit } = next;
      if (isExit) visited.set(rule, "done");
      else if (visited.get(rule) === "open") throw leftRecursive(rule);
      else if (!visited.has(rule)) {
        visited.set(rule, "open");
        pending.push({ rule, isExit: true });
        for (const callee of firstCalls(states, rule))
          pending.push({ rule: callee, isExit: false });
      }
    }
  }
}

/** Rules that may be called before a byte is read. */
function firstCalls(states: readonly State[], rule: Rule): Set<Rule> {
  const seen = new Set([rule.start]);
  const called = new Set<Rule>();
  for (const state of seen) {
    for (const target of states[state]?.empties ?? []) seen.add(target);
    for (const call of states[state]?.calls ?? []) called.add(call.rule);
  }
  return called;
}

function leftRecursive({ path }: Rule): ResponseFormatError {
  return new ResponseFormatError({
    where: "responseFormat.schema",
    path,
    expected: "a schema that refers to itself only inside an array or object",
    actual: "one that is defined as itself",
  });
}
