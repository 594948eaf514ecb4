import { expect, it } from "vitest";
import { Candidates } from "./candidates.ts";

function candidatesOf(scores: readonly number[]): Candidates {
  const candidates = new Candidates(scores.length);
  candidates.scores.set(scores);
  return candidates;
}

it("candidates move up when others are dropped, and drop again from there", () => {
  const candidates = candidatesOf([5, 1, 4, 2, 3]);
  candidates.retainFrom(2);
  expect([...candidates.listIds()]).toEqual([0, 2, 3, 4]);
  expect([...candidates.scores.subarray(0, 4)]).toEqual([5, 4, 2, 3]);
  candidates.retainFrom(3.5);
  expect([...candidates.listIds()]).toEqual([0, 2]);
});

it("only the given number of ties stay, lowest ids first", () => {
  const candidates = candidatesOf([1, 2, 1, 1, 0]);
  candidates.retainFrom(1, 2);
  expect([...candidates.listIds()]).toEqual([0, 1, 2]);
});

it("ids at or below a distance stay, and none that is forbidden", () => {
  const candidates = candidatesOf([5, 1, -Infinity, 2, 3]);
  candidates.retainFrom(1.5);
  candidates.retainNearest(Float64Array.of(0.5, 0.75, 0.25), 0.5);
  expect([...candidates.listIds()]).toEqual([0, 4]);
  expect([...candidates.scores.subarray(0, 2)]).toEqual([5, 3]);
  const whole = candidatesOf([5, -Infinity, 4]);
  whole.retainNearest(Float64Array.of(0, 0, Infinity), Infinity);
  expect([...whole.listIds()]).toEqual([0, 2]);
});

it("a forbidden id never stays", () => {
  const candidates = candidatesOf([-Infinity, 1]);
  candidates.retainFrom(-Infinity);
  expect([...candidates.listIds()]).toEqual([1]);
});

it("a reset brings all ids back", () => {
  const candidates = candidatesOf([1, 2]);
  candidates.retainFrom(2);
  candidates.reset();
  expect([...candidates.listIds()]).toEqual([0, 1]);
});

it("the range is that of the scores still there", () => {
  const candidates = candidatesOf([9, -3, 4]);
  expect(candidates.range()).toEqual({ highest: 9, lowest: -3 });
  candidates.retainFrom(0);
  expect(candidates.range()).toEqual({ highest: 9, lowest: 4 });
});
