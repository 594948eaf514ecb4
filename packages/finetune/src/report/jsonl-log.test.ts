import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { evaluationEvent, logEvent, startEvent, stepEvent } from "./__fixtures__/events.ts";
import { jsonlLog } from "./jsonl-log.ts";

let folder = "";
let outputDir = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "jsonl-"));
  outputDir = join(folder, "not", "yet");
});
afterEach(() => rm(folder, { recursive: true }));

async function rows(): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(outputDir, "train_log.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const stepsOf = async () =>
  (await rows()).map(({ type, step }) => `${String(type)} ${String(step)}`);

describe("the log", () => {
  it("has a row for each step, row of the Trainer's log, evaluation and early end", async () => {
    const log = jsonlLog(outputDir);
    await log.onEvent(startEvent());
    await log.onEvent(stepEvent(1));
    await log.onEvent(logEvent(1));
    await log.onEvent(evaluationEvent(1, 1.5));
    await log.onEvent({ type: "save", step: 1, path: "checkpoint-1" });
    await log.onEvent({ type: "stop", step: 1, patience: 2, bestLoss: 1.5, bestStep: 1 });
    expect(await rows()).toEqual([
      {
        type: "step",
        step: 1,
        epoch: 0.25,
        loss: 2,
        learning_rate: 1e-3,
        grad_norm: 1.5,
        tokens: 64,
        seconds: 0.5,
        tokens_per_second: 128,
      },
      { type: "log", epoch: 0.25, learning_rate: 0, loss: 2, step: 1 },
      { type: "evaluation", step: 1, epoch: 0.25, eval_loss: 1.5, samples: 10, seconds: 2 },
      { type: "stop", step: 1, patience: 2, best_loss: 1.5, best_step: 1 },
    ]);
  });

  it("goes on behind the step that a run goes on from, without what was cut off", async () => {
    const log = jsonlLog(outputDir);
    await log.onEvent(startEvent());
    for (const step of [1, 2, 3]) await log.onEvent(stepEvent(step));
    await appendFile(join(outputDir, "train_log.jsonl"), '{"type":"step","st');
    const again = jsonlLog(outputDir);
    await again.onEvent(startEvent(2));
    expect(await stepsOf()).toEqual(["step 1", "step 2"]);
    await again.onEvent(stepEvent(3));
    expect(await stepsOf()).toEqual(["step 1", "step 2", "step 3"]);
  });

  it("begins anew with a new run", async () => {
    const log = jsonlLog(outputDir);
    await log.onEvent(startEvent());
    await log.onEvent(stepEvent(1));
    await log.onEvent(startEvent());
    await log.onEvent(stepEvent(1, 7));
    expect(await rows()).toEqual([expect.objectContaining({ step: 1, loss: 7 })]);
  });
});
