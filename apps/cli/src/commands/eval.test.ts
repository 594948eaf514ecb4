import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModel } from "@baichuan2/model";
import { createServer, listen } from "@baichuan2/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseLines, run } from "../__fixtures__/run-in-memory.ts";
import { exitCodes } from "../exit-codes.ts";

/** Made-up rows in the form of the published ones. */
const data = fileURLToPath(
  new URL("../../../../packages/eval/src/__fixtures__/data", import.meta.url),
);
const bundled = fileURLToPath(new URL("../../../../tooling/tiny-chat/model", import.meta.url));
const main = fileURLToPath(new URL("../main.ts", import.meta.url));

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-eval-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Report {
  readonly model: { readonly name: string };
  readonly done: number;
  readonly benchmarks: { readonly name: string; readonly score: number; readonly recipe: string }[];
}

/** Runs an evaluation of the bundled model without a cache. */
async function evaluate(out: string, benchmarks: readonly string[], ...flags: string[]) {
  const common = ["--data", data, "--out", at(out), "--no-cache", "--json"];
  return await run(["eval", "run", ...benchmarks, "--bundled", ...common, ...flags]);
}

const reportOf = (out: string): Promise<Buffer> => readFile(at(`${out}/report.json`));

describe("eval run", () => {
  it("asks the model, writes reports into the folder and prints them", async () => {
    const { code, out, err } = await evaluate("run", ["mmlu", "gsm8k"]);
    expect([code, err]).toEqual([0, expect.stringContaining("report.html")]);
    const report = JSON.parse(out) as Report;
    expect(report.benchmarks.map(({ name, recipe }) => [name, recipe])).toEqual([
      ["mmlu", "readme"],
      ["gsm8k", "readme"],
    ]);
    expect(await readFile(at("run/report.json"), "utf8")).toBe(out);
    for (const name of ["report.md", "report.csv", "report.html"])
      expect((await stat(at(`run/${name}`))).size).toBeGreaterThan(200);
  });

  it("prints a summary for people, in their language", async () => {
    await evaluate("summed-up", ["mmlu"], "--limit", "1");
    const flags = ["--published", "GPT-4"];
    const { out } = await run(["--lang", "zh", "eval", "report", at("summed-up"), ...flags]);
    expect(out).toMatch(/^# 评测：tiny-chat/);
    expect(out).toContain("83.93"); // GPT-4's MMLU
  });

  it("gives the same report however many questions run at a time", async () => {
    await evaluate("alone", ["cmmlu", "bbh"], "--parallel", "1");
    await evaluate("together", ["cmmlu", "bbh"], "--parallel", "7");
    expect(await reportOf("together")).toEqual(await reportOf("alone"));
  });

  it("in shards, merged, gives the report of the whole", async () => {
    await evaluate("whole", ["ceval", "math"]);
    await evaluate("one", ["ceval", "math"], "--shard", "1/2");
    await evaluate("two", ["ceval", "math"], "--shard", "2/2");
    const merged = await run([
      "eval",
      "merge",
      at("one"),
      at("two"),
      "--out",
      at("merged"),
      "--json",
    ]);
    expect(merged.code).toBe(0);
    expect(await reportOf("merged")).toEqual(await reportOf("whole"));
  });

  it("tells what it would ask, and asks nothing", async () => {
    const { code, out } = await run([
      "eval",
      "run",
      "math-code",
      "--bundled",
      "--data",
      data,
      "--limit",
      "2",
      "--dry-run",
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/^gsm8k \(readme\) +gsm8k +GSM8K +2$/m);
    expect(out).toMatch(/^humaneval/m);
  });

  it.each([
    [["humanevl"], [], "did you mean humaneval"],
    [["mmlu"], ["--direct"], "--direct: expected a benchmark that takes it"],
    [["mmlu", "bbh"], ["--tasks", "anatomy"], "expected one benchmark"],
    [["mmlu"], ["--recipe", "opencompass-head"], "expected a recipe of readme"],
    [["humaneval"], [], "expected --allow-code-execution"],
    [["mmlu"], ["--shard", "3/2"], "r/N"],
    [["mmlu"], ["--split", "train"], "--split: expected one of test, val, got train"],
    [["mmlu"], ["--tasks", "anatmy"], "--tasks: expected some of abstract_algebra"],
    [["mmlu"], ["--published", "GPT-9"], "--published: expected some of GPT-4"],
    [["flores"], ["--tokenize", "13b"], "13a, intl"],
    [["humaneval"], ["--temperature", "-1"], "above 0"],
    [["mmlu"], ["--endpoint", "http://localhost:1/v1"], "expected one of --model"],
  ])("refuses %j with %j, and says why", async (names, flags, message) => {
    const { code, err } = await evaluate("refused", names, ...flags);
    expect(code).toBe(exitCodes.usage);
    expect(err).toContain(message);
  });

  it("refuses to go on in the folder of another run", async () => {
    await evaluate("limited", ["mmlu"], "--limit", "2");
    const { code, err } = await evaluate("limited", ["mmlu"], "--limit", "1");
    expect(code).toBe(exitCodes.usage);
    expect(err).toContain("expected a run with the same limit");
  });

  it("asks anew where the tokenizer is another one", async () => {
    const tokenizer = join(bundled, "../model-alibi/tokenizer.model");
    await evaluate("own-tokenizer", ["mmlu"], "--limit", "1");
    const manifestOf = async (out: string) =>
      JSON.parse(await readFile(at(`${out}/run.json`), "utf8")) as {
        model: { fingerprint: string };
      };
    await evaluate("other-tokenizer", ["mmlu"], "--limit", "1", "--tokenizer", tokenizer);
    const [own, other] = [await manifestOf("own-tokenizer"), await manifestOf("other-tokenizer")];
    expect(other.model.fingerprint).not.toBe(own.model.fingerprint);
  });

  it("names the file and row of data that is wrong", async () => {
    await cp(join(data, "gsm8k"), at("bad/gsm8k"), { recursive: true });
    await writeFile(at("bad/gsm8k/test.jsonl"), '{"question":"1","answer":"#### 1"}\n{}\n');
    const { code, err } = await run([
      "eval",
      "run",
      "gsm8k",
      "--bundled",
      "--data",
      at("bad"),
      "--out",
      at("bad-run"),
    ]);
    expect(code).toBe(exitCodes.integrity);
    expect(err).toMatch(/test\.jsonl, row 2: expected/);
  });
});

/** Starts an evaluation in a process of its own. */
function start(out: string): ChildProcess {
  const flags = ["eval", "run", "ceval", "gsm8k", "math", "--bundled", "--parallel", "2"];
  const args = [
    "--conditions=@baichuan2/source",
    main,
    ...flags,
    "--data",
    data,
    "--out",
    at(out),
    "--no-cache",
  ];
  return spawn(process.execPath, args, { stdio: "ignore" });
}

async function linesOf(out: string): Promise<number> {
  const text = await readFile(at(`${out}/journal.jsonl`), "utf8").catch(() => "");
  return text.split("\n").length - 1;
}

it("an evaluation that is killed goes on where it was, and comes to the same report", async () => {
  await once(start("straight"), "exit");
  for (const lines of [1, 9, 17]) {
    const killed = start("killed");
    const ended = once(killed, "exit");
    while ((await linesOf("killed")) < lines)
      await new Promise((resolve) => setTimeout(resolve, 2));
    killed.kill("SIGKILL");
    await ended;
    // Read while nobody runs: what there is can be used at any time.
    const { code } = await run(["eval", "report", at("killed"), "--json"]);
    expect(code).toBe(0);
  }
  const [code] = (await once(start("killed"), "exit")) as [number];
  expect(code).toBe(0);
  expect(await reportOf("killed")).toEqual(await reportOf("straight"));
}, 180_000);

it("a server's answers are scored as those of the model in this process", async () => {
  await using model = await loadModel(bundled, { deterministic: true });
  await using server = await createServer({ model, modelName: "tiny-chat" });
  const listening = await listen(server, { port: 0 });
  const endpoint = ["--endpoint", `${listening.url}/v1`, "--endpoint-model", "tiny-chat"];
  const tokenizer = ["--tokenizer", join(bundled, "tokenizer.model"), "--endpoint-context", "512"];
  const names = ["mmlu", "gsm8k"];
  const flags = [...endpoint, ...tokenizer, "--data", data, "--out", at("asked"), "--json"];
  const asked = await run(["eval", "run", ...names, ...flags]);
  await listening.close(0);
  expect([asked.code, asked.err]).toEqual([0, expect.stringContaining("report.json")]);
  const own = await evaluate("own", names);
  const scoresOf = ({ out }: { out: string }) =>
    (JSON.parse(out) as Report).benchmarks.map(({ name, score }) => ({ name, score }));
  expect(scoresOf(asked)).toEqual(scoresOf(own));
}, 60_000);

it("a server that is not there is a failure of the network, with its address", async () => {
  const endpoint = ["--endpoint", "http://127.0.0.1:9/v1", "--endpoint-model", "x"];
  const { code, err } = await run([
    "eval",
    "run",
    "gsm8k",
    ...endpoint,
    "--data",
    data,
    "--out",
    at("nobody"),
  ]);
  expect(code).toBe(exitCodes.network);
  expect(err).toContain("http://127.0.0.1:9/v1: expected an answer");
}, 60_000);

describe("eval compare", () => {
  it("compares two runs question by question", async () => {
    await evaluate("few-shot", ["mmlu"]);
    await evaluate("zero-shot", ["mmlu"], "--shots", "0");
    const html = at("compare.html");
    const { code, out } = await run([
      "eval",
      "compare",
      at("few-shot"),
      at("zero-shot"),
      "--html",
      html,
    ]);
    expect(code).toBe(0);
    expect(out).toContain("Equal answers");
    expect(await readFile(html, "utf8")).toContain("<!doctype html>");
  });

  it("refuses a folder without a run", async () => {
    const { code, err } = await run(["eval", "compare", at("few-shot"), folder]);
    expect(code).toBe(exitCodes.usage);
    expect(err).toContain("expected a run, got a folder without run.json");
  });
});

describe("sweeps", () => {
  const common = ["--data", data, "--no-cache", "--limit", "2"];

  it("eval quantization has number types beside each other", async () => {
    const flags = ["--bundled", "--dtypes", "float32,nf4", "--out", at("quantized")];
    const { code, out } = await run(["eval", "quantization", "mmlu", ...flags, ...common]);
    expect(code).toBe(0);
    expect(out).toMatch(/\| float32 .*\n\| nf4 /);
    expect(await readFile(at("quantized/quantization.csv"), "utf8")).toMatch(/\nnf4,/);
  });

  it("eval checkpoints has scores over tokens", async () => {
    const alibi = join(bundled, "../model-alibi");
    const flags = ["--checkpoint", `220=${bundled}`, "--checkpoint", `440=${alibi}`];
    const { code, out } = await run([
      "eval",
      "checkpoints",
      "mmlu",
      ...flags,
      "--out",
      at("curve"),
      ...common,
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/220.*\n.*440/);
    expect(await readFile(at("curve/checkpoints.html"), "utf8")).toContain("<!doctype html>");
  });
});

describe("eval data", () => {
  it("tells where each benchmark comes from", async () => {
    const { out } = await run(["eval", "data", "--list", "--json"]);
    const [rows] = parseLines<{ name: string; source: { licence: string } }[]>(out);
    expect(rows?.map(({ name }) => name)).toContain("flores");
    for (const { source } of rows ?? []) expect(source.licence).not.toBe("");
  });

  it("tells what is missing, with an exit code", async () => {
    const { code, out } = await run(["eval", "data", "gsm8k", "mmlu", "--check", data]);
    expect(code).toBe(exitCodes.integrity);
    expect(out).toContain("12 questions in 2 tasks");
    expect(out).toContain("missing: ");
  });
});

it("eval list names the recipes of each benchmark", async () => {
  const { out } = await run(["eval", "list"]);
  expect(out).toMatch(/^mmlu \(MMLU, general\)\n {2}readme +5-shot/m);
});
