import { expect, it } from "vitest";
import { TokenHistory } from "./token-history.ts";

it("the history counts prompt and output together, and the output alone", () => {
  const history = new TokenHistory([5, 7, 5]);
  history.push(7);
  history.push(9);
  expect(history.length).toBe(5);
  expect([...history.ids]).toEqual([5, 7, 5, 7, 9]);
  expect(history.counts).toEqual(
    new Map([
      [5, 2],
      [7, 2],
      [9, 1],
    ]),
  );
  expect(history.generatedCounts).toEqual(
    new Map([
      [7, 1],
      [9, 1],
    ]),
  );
});

it("a fork starts equal and goes its own way", () => {
  const history = new TokenHistory([5]);
  history.push(6);
  const fork = history.fork();
  expect([fork.ids, fork.counts, fork.generatedCounts]).toEqual([
    history.ids,
    history.counts,
    history.generatedCounts,
  ]);
  fork.push(6);
  history.push(8);
  expect([...fork.ids]).toEqual([5, 6, 6]);
  expect(fork.generatedCounts).toEqual(new Map([[6, 2]]));
  expect([...history.ids]).toEqual([5, 6, 8]);
  expect(history.generatedCounts).toEqual(
    new Map([
      [6, 1],
      [8, 1],
    ]),
  );
});
