import { expect, it } from "vitest";
import { FakeTask } from "./__fixtures__/fake-task.ts";
import { EngineLimitError } from "./engine-limit-error.ts";
import { WaitingLine } from "./waiting-line.ts";

const limits = { maxSequences: 4, maxWaiting: 3, maxSlots: 1000 };
const task = (id: number, tokens = 10, width = 1): FakeTask =>
  new FakeTask(id, { tokens, past: 0, width });
const empty = { sequences: 0, freeSlots: 1000 };
const full = { sequences: 4, freeSlots: 1000 };

it("a line lets through who came first, as long as there is room", () => {
  const line = new WaitingLine(limits);
  for (const id of [0, 1]) line.add(task(id), empty);
  expect(line.next(empty)?.id).toBe(0);
  expect(line.next({ sequences: 4, freeSlots: 1000 })).toBeUndefined();
  expect(line.next({ sequences: 3, freeSlots: 41 })).toBeUndefined(); // 10 tokens and 32 to come
  expect(line.next({ sequences: 3, freeSlots: 42 })?.id).toBe(1);
  expect(line.next(empty)).toBeUndefined();
});

it("a short task does not overtake a long one, or that would wait for ever", () => {
  const line = new WaitingLine(limits);
  line.add(task(0, 900), empty);
  line.add(task(1, 5), empty);
  expect(line.next({ sequences: 1, freeSlots: 500 })).toBeUndefined();
});

it("several texts of one request are let through together", () => {
  const line = new WaitingLine(limits);
  line.add(task(0, 10, 3), empty);
  expect(line.next({ sequences: 2, freeSlots: 1000 })).toBeUndefined();
  expect(line.next({ sequences: 1, freeSlots: 105 })).toBeUndefined(); // 3 · 32 to come
  expect(line.next({ sequences: 1, freeSlots: 106 })?.id).toBe(0);
});

it("an empty engine takes any task, however little is free", () => {
  const line = new WaitingLine(limits);
  line.add(task(0, 990), empty);
  expect(line.next({ sequences: 0, freeSlots: 990 })?.id).toBe(0);
});

it("a task that gave up its slots is the next, and tasks may leave", () => {
  const line = new WaitingLine(limits);
  for (const id of [0, 1]) line.add(task(id), empty);
  line.addFirst(task(7));
  line.remove(({ id }) => id === 0);
  expect(line.tasks.map(({ id }) => id)).toEqual([7, 1]);
});

it.each([
  [() => task(9, 1001), { option: "maxSlots", needed: 1001, limit: 1000 }],
  [() => task(9, 10, 5), { option: "maxSequences", needed: 5, limit: 4 }],
] as const)("what can never run is refused with the limit", (make, fields) => {
  const line = new WaitingLine(limits);
  expect(() => line.add(make(), empty)).toThrow(EngineLimitError);
  expect(() => line.add(make(), empty)).toThrow(expect.objectContaining(fields));
  expect(line.tasks).toEqual([]);
});

it("a line of full length takes no more", () => {
  const line = new WaitingLine(limits);
  for (const id of [0, 1, 2]) line.add(task(id), full);
  const fields = { code: "ERR_ENGINE_LIMIT", option: "maxWaiting", needed: 4, limit: 3 };
  expect(() => line.add(task(3), full)).toThrow(expect.objectContaining(fields));
  expect(line.tasks).toHaveLength(3);
});

it("who need not wait does not count", () => {
  const line = new WaitingLine({ ...limits, maxWaiting: 0 });
  for (const id of [0, 1, 2, 3]) line.add(task(id), empty);
  expect(() => line.add(task(4), empty)).toThrow(EngineLimitError);
  expect(line.tasks).toHaveLength(4);
  expect(() => line.add(task(4), full)).toThrow(EngineLimitError);
});

it("texts of one list wait as one request", () => {
  const line = new WaitingLine({ ...limits, maxWaiting: 1 });
  for (const id of [0, 1, 2]) line.add(Object.assign(task(id), { list: 7 }), full);
  expect(() => line.add(Object.assign(task(3), { list: 8 }), full)).toThrow(EngineLimitError);
  expect(line.tasks).toHaveLength(3);
});
