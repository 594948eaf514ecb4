import fc from "fast-check";
import { expect, it } from "vitest";
import { runProcessor } from "./__fixtures__/run-filter.ts";
import { noRepeatNgram } from "./no-repeat-ngram.ts";
import { TokenHistory } from "./token-history.ts";

const VOCAB_SIZE = 4;

function forbidden(scores: Iterable<number>): number[] {
  return [...scores].flatMap((score, id) => (score === -Infinity ? [id] : []));
}

/** By the definition: the whole text is searched for the run at its end. */
function forbiddenByScan(size: number, ids: readonly number[]): number[] {
  const found = new Set<number>();
  const run = ids.slice(ids.length - size + 1).join();
  if (ids.length < size - 1) return [];
  for (let end = size - 1; end < ids.length; end++) {
    const earlier = ids.slice(end - size + 1, end).join();
    if (size === 1 || earlier === run) found.add(ids[end]!);
  }
  return [...found].toSorted((a, b) => a - b);
}

it("an id that would repeat a run of three is forbidden", () => {
  // 1 2 was followed by 3 and by 0
  const scores = runProcessor(noRepeatNgram(3), [5, 5, 5, 5], [1, 2, 3, 1, 2, 0, 1, 2]);
  expect(scores).toEqual([-Infinity, 5, 5, -Infinity]);
});

it("a run of one forbids every id that occurred", () => {
  expect(forbidden(runProcessor(noRepeatNgram(1), [0, 0, 0, 0], [3, 1, 3]))).toEqual([1, 3]);
});

it("a text shorter than the run forbids nothing", () => {
  expect(forbidden(runProcessor(noRepeatNgram(4), [0, 0], [0, 1]))).toEqual([]);
  expect(forbidden(runProcessor(noRepeatNgram(2), [0, 0], []))).toEqual([]);
});

it("each step forbids what a search of the whole text forbids", () => {
  const ids = fc.array(fc.nat(VOCAB_SIZE - 1), { maxLength: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), ids, ids, (size, prompt, output) => {
      const processor = noRepeatNgram(size);
      const history = new TokenHistory(prompt);
      for (const id of output) {
        const scores = new Float32Array(VOCAB_SIZE);
        processor(scores, history);
        const found = forbiddenByScan(size, history.ids);
        expect(forbidden(scores)).toEqual(found.length < VOCAB_SIZE ? found : []);
        history.push(id);
      }
    }),
  );
});

it("a history that the index has not followed is read anew", () => {
  const processor = noRepeatNgram(2);
  const first = new TokenHistory([0, 1, 0]);
  processor(new Float32Array(VOCAB_SIZE), first);
  const fork = first.fork();
  fork.push(2);
  fork.push(0);
  const scores = new Float32Array(VOCAB_SIZE);
  processor(scores, fork);
  expect(forbidden(scores)).toEqual([1, 2]);
});

it("yields where nothing else is left", () => {
  const scores = runProcessor(noRepeatNgram(2), [-Infinity, 5, -Infinity], [0, 1, 0]);
  expect(scores).toEqual([-Infinity, 5, -Infinity]);
});
