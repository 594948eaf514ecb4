import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeModel, hashingModel, type FakeModel } from "../__fixtures__/fake-models.ts";
import { writeMadeUpMmlu } from "../__fixtures__/made-up-rows.ts";
import { mmlu } from "../benchmarks/mmlu/mmlu.ts";
import type { RunResult } from "../results.ts";
import { evaluate, type EvaluateOptions, type EvaluationEvent } from "./evaluate.ts";
import { mergeRuns } from "./merge-runs.ts";
import { planRun, type RunChoice } from "./plan-run.ts";
import { readRun } from "./read-run.ts";
import { ResponseCache } from "./response-cache.ts";

let directory: string;
const at = (name: string): string => join(directory, name);
const ROWS = 12;
let total: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "eval-"));
  total = await writeMadeUpMmlu(directory, ROWS);
});
afterEach(() => rm(directory, { recursive: true }));

interface Options extends Partial<EvaluateOptions>, Pick<RunChoice, "limit" | "shard"> {
  /** Leaves after so many samples. */
  readonly leaveAfter?: number;
}

async function run(model: FakeModel, name: string, options: Options = {}): Promise<RunResult> {
  const { limit, shard, leaveAfter = Infinity, ...rest } = options;
  const choice = { benchmarks: [{ benchmark: mmlu }], dataDirectory: directory, limit, shard };
  const plan = await planRun(model, choice, { version: "1" });
  let seen = 0;
  for await (const { type } of evaluate(model, plan, { folder: at(name), ...rest }))
    if (type === "sample" && ++seen >= leaveAfter) break;
  return await readRun(at(name));
}

/** Without functions, as reports have it. */
const plain = (result: RunResult): unknown => JSON.parse(JSON.stringify(result));

describe("evaluate", () => {
  it("asks every question once and keeps the answers in the order of the data", async () => {
    const model = hashingModel();
    const { benchmarks, facts } = await run(model, "run");
    expect(model.asked()).toBe(total);
    expect(facts).toEqual({ model: { name: "fake", fingerprint: "fake-1" }, version: "1" });
    const tasks = benchmarks[0]?.tasks ?? [];
    expect(tasks.map(({ task, planned }) => [task.name, planned])).toEqual([
      ["anatomy", ROWS],
      ["virology", ROWS],
    ]);
    const ids = tasks[1]?.records.map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: ROWS }, (_, row) => `virology/test/${row}`));
  });

  it("gives the same result for any number of questions at a time", async () => {
    const one = await run(hashingModel(), "one", { concurrency: 1 });
    const many = await run(hashingModel(), "many", { concurrency: 7 });
    expect(plain(many)).toEqual(plain(one));
  });

  it("goes on where it was left, and comes to the same result", async () => {
    const whole = await run(hashingModel(), "whole");
    const part = await run(hashingModel(), "part", { leaveAfter: 5, concurrency: 3 });
    const answered = part.benchmarks[0]?.tasks.flatMap(({ records }) => records).length ?? 0;
    expect(answered).toBeGreaterThanOrEqual(5);
    expect(answered).toBeLessThan(total);
    await appendFile(at("part/journal.jsonl"), '{"benchmark":"mmlu","task":"anat'); // killed while writing
    const model = hashingModel();
    expect(plain(await run(model, "part"))).toEqual(plain(whole));
    expect(model.asked()).toBe(total - answered);
  });

  it("ends with what the model throws, and can go on behind it", async () => {
    const failing = fakeModel((_request, asked) => {
      if (asked === 4) throw new Error("no memory");
      return { kind: "letters", scores: [1, 0, 0, 0], truncatedTokens: 0 };
    });
    await expect(run(failing, "run", { concurrency: 1 })).rejects.toThrow("no memory");
    const model = hashingModel();
    await run(model, "run");
    expect(model.asked()).toBe(total - 4);
  });

  it("ends when it is aborted", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(run(hashingModel(), "run", { signal })).rejects.toThrow("enough");
  });

  it("refuses to go on in the folder of another run", async () => {
    await run(hashingModel(), "run", { limit: 2 });
    await expect(run(hashingModel(), "run", { limit: 3 })).rejects.toThrow("the same limit");
    await writeMadeUpMmlu(directory, 2 * ROWS);
    await expect(run(hashingModel(), "run", { limit: 2 })).resolves.toBeDefined();
    await run(hashingModel(), "all");
    await writeMadeUpMmlu(directory, ROWS);
    await expect(run(hashingModel(), "all")).rejects.toThrow("the same benchmarks");
  });

  it("refuses to go on with other right answers, examples or prompts", async () => {
    await run(hashingModel(), "run");
    const file = at("mmlu/data/test/anatomy_test.csv");
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      text.replace(/,[A-D]\r\n$/, (end) => (end.includes("A") ? ",B\r\n" : ",A\r\n")),
    );
    await expect(run(hashingModel(), "run")).rejects.toThrow("the same benchmarks");
    await writeFile(file, text);
    const shots = at("mmlu/data/dev/anatomy_dev.csv");
    await writeFile(shots, (await readFile(shots, "utf8")).replace("one", "eins"));
    await expect(run(hashingModel(), "run")).rejects.toThrow("the same benchmarks");
  });

  it("lets no second process into its folder", async () => {
    const model = hashingModel();
    const choice = { benchmarks: [{ benchmark: mmlu }], dataDirectory: directory };
    const plan = await planRun(model, choice, { version: "1" });
    for await (const _event of evaluate(model, plan, { folder: at("run") })) {
      await expect(run(hashingModel(), "run")).rejects.toThrow("expected no other run");
      break;
    }
    await expect(run(hashingModel(), "run")).resolves.toBeDefined();
  });

  it.each([
    [
      "a sample that the run does not ask",
      { id: "anatomy/test/99", index: 99 },
      "samples of this run alone",
    ],
    ["a sample twice", {}, "a sample once in its journal"],
    ["a score that is none", { grade: { answer: "A", gold: "A", score: 7 } }, "expected a record"],
    ["no response", { response: null }, "expected a record"],
  ])("refuses a journal with %s", async (_name, change, message) => {
    await run(hashingModel(), "run");
    const [line = ""] = (await readFile(at("run/journal.jsonl"), "utf8")).split("\n");
    const other = { ...(JSON.parse(line) as object), ...change };
    await appendFile(at("run/journal.jsonl"), `${JSON.stringify(other)}\n`);
    await expect(readRun(at("run"))).rejects.toThrow(message);
  });

  it("names the line of a journal that is none", async () => {
    await run(hashingModel(), "run", { limit: 1 });
    await appendFile(at("run/journal.jsonl"), "nonsense\n{}\n");
    await expect(run(hashingModel(), "run", { limit: 1 })).rejects.toThrow(
      /journal\.jsonl, line 3: expected a record/,
    );
  });

  it("tells how far it is", async () => {
    const model = hashingModel();
    const choice = { benchmarks: [{ benchmark: mmlu }], dataDirectory: directory };
    const plan = await planRun(model, choice, { version: "1" });
    const events: EvaluationEvent[] = [];
    for await (const event of evaluate(model, plan, { folder: at("run") })) events.push(event);
    expect(events[0]).toEqual({ type: "start", total, done: 0 });
    expect(events.at(-1)).toMatchObject({ type: "sample", done: total });
  });
});

describe("shards", () => {
  it.each([2, 5])("%i of them, merged, are the whole", async (count) => {
    const whole = await run(hashingModel(), "whole");
    const folders = Array.from({ length: count }, (_, shard) => `shard-${shard}`);
    for (const [i, name] of folders.entries())
      await run(hashingModel(), name, { shard: { index: i + 1, count } });
    await mergeRuns(folders.map(at), at("merged"));
    expect(plain(await readRun(at("merged")))).toEqual(plain(whole));
    expect(await readFile(at("merged/run.json"))).toEqual(await readFile(at("whole/run.json")));
  });

  it("are not merged twice, nor with another run, nor over one", async () => {
    await run(hashingModel(), "a", { shard: { index: 1, count: 2 } });
    await run(hashingModel(), "b", { shard: { index: 2, count: 2 } });
    await run(hashingModel(), "c", { limit: 3 });
    await expect(mergeRuns([at("a"), at("a")], at("m"))).rejects.toThrow("which");
    await expect(mergeRuns([at("a"), at("c")], at("m"))).rejects.toThrow("the same limit");
    await expect(mergeRuns([at("a"), at("b")], at("c"))).rejects.toThrow("a folder without a run");
    await expect(mergeRuns([at("nothing")], at("m"))).rejects.toThrow("expected a run");
  });
});

describe("ResponseCache", () => {
  it("answers what another run has asked", async () => {
    const first = hashingModel();
    {
      await using cache = await ResponseCache.open(at("cache"), first.fingerprint);
      await run(first, "first", { cache, shard: { index: 1, count: 2 } });
    }
    await using cache = await ResponseCache.open(at("cache"), first.fingerprint);
    const second = hashingModel();
    await run(second, "second", { cache });
    expect(second.asked()).toBe(total - first.asked());
    await using other = await ResponseCache.open(at("cache"), "another model");
    const third = hashingModel();
    await run(third, "third", { cache: other });
    expect(third.asked()).toBe(total);
  });

  it("passes over what nobody can read", async () => {
    await using cache = await ResponseCache.open(at("cache"), "x");
    const request = { kind: "perplexity", texts: ["a"] } as const;
    const response = { kind: "perplexity", losses: [1], truncatedTokens: 0 } as const;
    await cache.set(request, response);
    const [folder = ""] = await readdir(at("cache"));
    const [file = ""] = await readdir(join(at("cache"), folder));
    await appendFile(join(at("cache"), folder, file), '1 2\n{"key":"a","response":3}\n{"key":"ab');
    await using again = await ResponseCache.open(at("cache"), "x");
    expect(again.get(request)).toEqual(response);
    expect(again.get({ ...request, texts: ["b"] })).toBeUndefined();
  });
});
