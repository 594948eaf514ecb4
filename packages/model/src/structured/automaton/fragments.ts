import type { CodePointSet } from "../language/code-point-set.ts";
import type { TextAutomaton } from "../language/text-automaton.ts";
import type { AutomatonBuilder } from "./automaton-builder.ts";
import { byteSequences, type CharacterEncoding } from "./utf8-ranges.ts";

/** Reads one character of the set. States after the first byte are shared by characters that end alike. */
export function addCharacters(
  builder: AutomatonBuilder,
  from: number,
  set: CodePointSet,
  encoding: CharacterEncoding,
  to: number,
): void {
  const suffixes = new Map<string, number>();
  const stateBefore = (rest: readonly (readonly [number, number])[]): number => {
    const [head, ...tail] = rest;
    if (head === undefined) return to;
    const key = rest.join();
    const known = suffixes.get(key);
    if (known !== undefined) return known;
    const state = builder.state();
    suffixes.set(key, state);
    builder.byte(state, head[0], head[1], stateBefore(tail));
    return state;
  };
  for (const [head, ...tail] of byteSequences(set, encoding))
    if (head !== undefined) builder.byte(from, head[0], head[1], stateBefore(tail));
}

/** Reads a text of the language. */
export function addText(
  builder: AutomatonBuilder,
  from: number,
  text: TextAutomaton,
  encoding: CharacterEncoding,
  to: number,
): void {
  const states = text.edges.map(() => builder.state());
  builder.skip(from, states[0] as number);
  for (const [index, state] of states.entries()) {
    if (text.isAccepting[index]) builder.skip(state, to);
    for (const { set, target } of text.edges[index] ?? [])
      addCharacters(builder, state, set, encoding, states[target] as number);
  }
}

/** Where items may begin and end in a {@link addChain}. */
export interface Chain {
  readonly min: number;
  /** May be Infinity. */
  readonly max: number;
  /** Items from this index on are alike. */
  readonly alikeFrom: number;
  readonly item: (index: number, from: number, to: number) => void;
}

/** Reads `min` to `max` items one after another; each reads something. */
export function addChain(
  builder: AutomatonBuilder,
  from: number,
  { min, max, alikeFrom, item }: Chain,
  to: number,
): void {
  const counted = max === Infinity ? Math.max(min, alikeFrom) : max;
  let state = builder.state();
  builder.skip(from, state);
  for (let index = 0; index < counted; index++) {
    if (index >= min) builder.skip(state, to);
    const next = builder.state();
    item(index, state, next);
    state = next;
  }
  builder.skip(state, to);
  if (max === Infinity) item(counted, state, state);
}
