import { describe, expect, it } from "vitest";
import { FakeTask } from "./__fixtures__/fake-task.ts";
import { planStep, type PlannedRows } from "./step-plan.ts";

const config = { numAttentionHeads: 32 };
const together = { config, interleaveRows: 16, isDeterministic: false };
const apart = { ...together, isDeterministic: true };

/** Who runs, and how many rows. */
const told = (plan: readonly PlannedRows[]): [number, number][] =>
  plan.map(({ task, rows }) => [task.id, rows.tokenIds.length]);

describe("a step", () => {
  it("takes one token of each sequence that waits for one, and no more of a prompt than is good for them", () => {
    const tasks = [
      new FakeTask(0, { tokens: 11, past: 10 }),
      new FakeTask(1, { tokens: 600, past: 0 }),
      new FakeTask(2, { tokens: 21, past: 20 }),
    ];
    expect(told(planStep(tasks, together))).toEqual([
      [0, 1],
      [2, 1],
      [1, 16],
    ]);
  });

  it("takes a whole chunk of prompts where nobody waits for a token", () => {
    const tasks = [
      new FakeTask(0, { tokens: 100, past: 0 }),
      new FakeTask(1, { tokens: 600, past: 0 }),
    ];
    expect(told(planStep(tasks, together))).toEqual([
      [0, 100],
      [1, 156],
    ]);
  });

  it("takes the prompt first that has waited longest", () => {
    const tasks = [
      new FakeTask(0, { tokens: 600, past: 16, lastStep: 5 }),
      new FakeTask(1, { tokens: 8, past: 0, lastStep: 0 }),
      new FakeTask(2, { tokens: 11, past: 10 }),
    ];
    expect(told(planStep(tasks, together))).toEqual([
      [2, 1],
      [1, 8],
      [0, 8],
    ]);
  });

  it("takes fewer rows where the sequences that share it are long: the scores grow with both", () => {
    const [long] = told(planStep([new FakeTask(0, { tokens: 9000, past: 8192 })], together));
    // 128 MiB / (32 heads · 4 bytes · (8192 + 256) keys) = 124.1
    expect(long).toEqual([0, 124]);
    const tasks = [
      new FakeTask(1, { tokens: 8193, past: 8192 }),
      new FakeTask(0, { tokens: 500, past: 0 }),
    ];
    expect(told(planStep(tasks, { ...together, interleaveRows: 500 }))).toEqual([
      [1, 1],
      [0, 124],
    ]);
  });

  it("leaves paused sequences out, and is empty without any other", () => {
    const tasks = [new FakeTask(0, { tokens: 2, past: 1, isPaused: true })];
    expect(planStep(tasks, together)).toEqual([]);
    expect(planStep([], together)).toEqual([]);
  });

  it("lets a task draft only while it is alone", () => {
    const [one, two] = [0, 1].map((id) => new FakeTask(id, { tokens: 11, past: 10 }));
    planStep([one as FakeTask], together);
    expect(one?.mayDraft).toBe(true);
    planStep([one as FakeTask, two as FakeTask], together);
    expect(one?.mayDraft).toBe(false);
    planStep([two as FakeTask], apart);
    expect(two?.mayDraft).toBe(false);
  });
});

it("a deterministic step cuts a prompt where it would be cut alone, one prompt at a time", () => {
  const tasks = [
    new FakeTask(0, { tokens: 11, past: 10 }),
    new FakeTask(1, { tokens: 600, past: 256, lastStep: 3 }),
    new FakeTask(2, { tokens: 600, past: 0, lastStep: 2 }),
  ];
  expect(told(planStep(tasks, apart))).toEqual([
    [0, 1],
    [2, 256],
  ]);
});

describe("a task that runs alone", () => {
  it("waits until it has waited longest, and has the step for itself", () => {
    const solo = new FakeTask(0, { tokens: 300, past: 0, lastStep: 2, isSolo: true });
    const other = new FakeTask(1, { tokens: 11, past: 10, lastStep: 1 });
    expect(told(planStep([solo, other], together))).toEqual([[1, 1]]);
    other.lastStep = 3;
    expect(told(planStep([solo, other], together))).toEqual([[0, 256]]);
  });
});
