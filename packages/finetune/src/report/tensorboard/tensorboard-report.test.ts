import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  argumentsOf,
  evaluationEvent,
  logEvent,
  startEvent,
  stepEvent,
} from "../__fixtures__/events.ts";
import { readEventFile, type ReadEvent } from "../__fixtures__/read-event-file.ts";
import { tensorboardReport } from "./tensorboard-report.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tensorboard-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function written(): Promise<ReadEvent[]> {
  const [file = ""] = await readdir(join(folder, "runs"), { recursive: true }).then((names) =>
    names.filter((name) => name.includes("tfevents")),
  );
  return readEventFile(await readFile(join(folder, "runs", file)));
}

describe("the event file of a run", () => {
  it("has the tags that transformers' callback gives, also of values that are 0", async () => {
    const report = tensorboardReport(argumentsOf(folder));
    const total = { train_loss: 2, train_runtime: 4 };
    for (const event of [startEvent(), stepEvent(1), stepEvent(2), logEvent(2)])
      await report.onEvent(event);
    await report.onEvent(evaluationEvent(2, 1.5));
    await report.onEvent({ type: "log", row: { epoch: 1, step: 4, ...total } });
    const [version, args, log, evaluation, last, ...rest] = await written();
    expect(rest).toEqual([]);
    expect(version).toMatchObject({ fileVersion: "brain.Event:2", scalars: {} });
    expect(Math.abs((version?.wallTime ?? 0) - Date.now() / 1e3)).toBeLessThan(60);
    expect(args?.texts["args/text_summary"]).toMatchObject({ plugin: "text" });
    expect(JSON.parse(args?.texts["args/text_summary"]?.text ?? "")).toMatchObject({
      learning_rate: 5e-5,
    });
    expect(log).toMatchObject({ step: 2 });
    expect(log?.scalars).toEqual({
      "train/epoch": 0.5,
      "train/learning_rate": 0,
      "train/loss": 2,
      "train/grad_norm": 1.5,
      "train/tokens_per_second": 128,
    });
    expect(evaluation?.scalars).toEqual({
      "eval/loss": 1.5,
      "eval/runtime": 2,
      "eval/samples_per_second": 5,
      "train/epoch": 0.5,
    });
    expect([last?.step, last?.scalars]).toEqual([
      4,
      { "train/epoch": 1, "train/train_loss": 2, "train/train_runtime": 4 },
    ]);
  });

  it("lies where PyTorch's writer puts it", async () => {
    await tensorboardReport(argumentsOf(folder)).onEvent(startEvent());
    const [run = ""] = await readdir(join(folder, "runs"));
    expect(run).toMatch(/^[A-Z][a-z]{2}\d\d_\d\d-\d\d-\d\d_/);
    expect(run.endsWith(`_${hostname()}`)).toBe(true);
    const [file] = await readdir(join(folder, "runs", run));
    expect(file).toMatch(/^events\.out\.tfevents\.\d{10}\..+\.\d+\.0$/);
  });
});
