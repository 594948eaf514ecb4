import type { LogitsProcessor } from "./filter.ts";
import type { TokenHistory } from "./token-history.ts";

/**
 * Forbids every id that would complete a run of `size` ids a second time, in prompt and output together, unless no other
 * id is left: a response format may ask for a repeat.
 *
 * What followed each run of `size - 1` ids is kept in a map that grows with the history, so a step looks up
 * one run and adds one, however long the text is. A history it has not seen before (a fork) is read once.
 *
 * @param size - At least 1; 1 forbids every id that occurred.
 * @see Paulus et al. 2017, https://arxiv.org/abs/1705.04304, section 2.5
 */
export function noRepeatNgram(size: number): LogitsProcessor {
  let followers = new Map<string, Set<number>>();
  let read: TokenHistory | undefined;
  let nextEnd = 0;

  const catchUp = (history: TokenHistory): void => {
    if (history !== read) {
      followers = new Map();
      read = history;
      nextEnd = size - 1;
    }
    const { ids } = history;
    for (; nextEnd < ids.length; nextEnd++) {
      const run = keyOf(ids, nextEnd - size + 1, nextEnd);
      const known = followers.get(run);
      if (known) known.add(ids[nextEnd] as number);
      else followers.set(run, new Set([ids[nextEnd] as number]));
    }
  };
  return (scores, history) => {
    catchUp(history);
    const { ids } = history;
    if (ids.length < size - 1) return;
    const forbidden = followers.get(keyOf(ids, ids.length - size + 1, ids.length));
    if (!forbidden || !leavesAny(scores, forbidden)) return;
    for (const id of forbidden) scores[id] = -Infinity;
  };
}

function leavesAny(scores: Float32Array, forbidden: ReadonlySet<number>): boolean {
  return scores.some((score, id) => score > -Infinity && !forbidden.has(id));
}

function keyOf(ids: readonly number[], start: number, end: number): string {
  return ids.slice(start, end).join();
}
