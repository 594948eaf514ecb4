import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeShared, sharedData } from "@baichuan2/tooling/golden";
import { loadModel, type Model } from "@baichuan2/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { madeUpRows } from "../__fixtures__/made-up-rows.ts";
import type { Benchmark } from "../benchmark.ts";
import { pythonHere } from "../code/__fixtures__/sandbox.ts";
import { EngineModel } from "../models/engine-model.ts";
import { jsonReport } from "../report/files/json-report.ts";
import { evaluate } from "../runner/evaluate.ts";
import { planRun } from "../runner/plan-run.ts";
import { readRun } from "../runner/read-run.ts";
import { scoreRun } from "../scores/score-run.ts";
import { benchmarks } from "./benchmarks.ts";

const bundled = fileURLToPath(new URL("../../../../tooling/tiny-chat/model", import.meta.url));

let model: Model;
let directory: string;
beforeAll(async () => {
  model = await loadModel(bundled, { deterministic: true });
  directory = await mkdtemp(join(tmpdir(), "end-to-end-"));
});
afterAll(async () => {
  await model.dispose();
  await rm(directory, { recursive: true });
});

/** Asks the bundled model two questions of each task. @returns the report. */
async function run(
  benchmark: Benchmark,
  dataDirectory: string,
  concurrency: number,
): Promise<string> {
  const evaluated = new EngineModel(model, { name: "tiny-chat", fingerprint: "bundled" });
  const options = benchmark.options.includes("heldOutShots") ? { heldOutShots: true } : {};
  const choice = { benchmarks: [{ benchmark, options }], dataDirectory, limit: 2 };
  const plan = await planRun(evaluated, choice, { version: "1" });
  expect(plan.samples.length).toBeGreaterThan(0);
  const folder = await mkdtemp(join(directory, "run-"));
  for await (const _event of evaluate(evaluated, plan, {
    folder,
    concurrency,
    python: pythonHere,
  }));
  const scores = scoreRun(await readRun(folder));
  expect(scores).toMatchObject({ planned: plan.samples.length, done: plan.samples.length });
  return jsonReport(scores);
}

/** The sandbox's own tests tell why it is missing. */
const answerable = benchmarks.filter(({ runsCode }) => !runsCode || pythonHere);

function suite(dataDirectory: string): void {
  it.each(answerable)(
    "$name",
    async (benchmark) => {
      const one = await run(benchmark, dataDirectory, 1);
      // Whatever runs side by side, the report is the same.
      expect(await run(benchmark, dataDirectory, 5)).toBe(one);
    },
    120_000,
  );
}

describe("the bundled model answers made-up rows of", () => suite(madeUpRows(".")));

describeShared("the bundled model answers real rows of", "eval", () => suite(sharedData("eval")));
