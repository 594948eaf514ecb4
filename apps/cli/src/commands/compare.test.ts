import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describeShared, sharedData } from "@baichuan2/tooling/golden";
import type { ModelComparison } from "@baichuan2/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryIo, run } from "../__fixtures__/run-in-memory.ts";
import { InterruptError } from "../exit-codes.ts";
import { runCli } from "../run-cli.ts";

/** A random model of 3 layers, hidden size 64 and 512 tokens, with a tokenizer. */
const model = fileURLToPath(new URL("../../fixtures/tiny-chat", import.meta.url));

type Report = ModelComparison & { readonly model: unknown; readonly window: number };

let directory = "";
let text = "";
/** The same checkpoint without tokenizer.model. */
let bare = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "baichuan2-compare-"));
  text = join(directory, "text.txt");
  await writeFile(text, "登鹳雀楼->王之涣\n夜雨寄北->李商隐\nThe quick brown fox.\n");
  bare = await mkdtemp(join(directory, "bare-"));
  for (const file of ["config.json", "generation_config.json", "pytorch_model.bin"])
    await copyFile(join(model, file), join(bare, file));
});
afterAll(() => rm(directory, { recursive: true }));

const compare = async (...argv: string[]): Promise<Report> => {
  const { code, out, err } = await run(["compare", "--json", ...argv]);
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out) as Report;
};

describe("compare", () => {
  it("finds no difference between a model and itself", async () => {
    const report = await compare(model, "--text", text, "--max-tokens", "20", "--window", "8");
    const { perplexity, layers, ...rest } = report;
    expect(rest).toEqual({
      model: { a: model, b: model },
      dtype: { a: "float32", b: "float32" },
      window: 8,
      tokens: 20,
      windows: 3,
      predictions: 17,
      vocabSize: 512,
      klDivergence: { mean: 0, median: 0, p99: 0, max: 0 },
      top1Agreement: 1,
      spillBytes: 20 * (512 + (3 + 2) * 64) * 4,
    });
    expect(perplexity.a).toBe(perplexity.b);
    expect(perplexity.a).toBeGreaterThan(1);
    expect(layers.map(({ name }) => name)).toEqual([
      "embed",
      "layer0",
      "layer1",
      "layer2",
      "final_norm",
    ]);
    for (const layer of layers)
      expect(layer).toMatchObject({ maxAbsError: 0, relativeRmsError: 0 });
  });

  it.each(["int8", "nf4"])("finds the cost of %s", async (dtype) => {
    const report = await compare(model, "--dtype", dtype, "--text", text);
    expect(report.dtype).toEqual({ a: "float32", b: dtype });
    const { mean, median, p99, max } = report.klDivergence;
    expect([mean, median, p99, max].every((value) => value > 0 && value < 10)).toBe(true);
    expect(median).toBeLessThanOrEqual(p99);
    expect(p99).toBeLessThanOrEqual(max);
    expect(report.top1Agreement).toBeLessThanOrEqual(1);
    const [embed, ...layers] = report.layers;
    // Embeddings keep their 16 bits; every layer after them is wrong by a part of its size.
    expect(embed?.maxAbsError).toBe(0);
    for (const { relativeRmsError } of layers) {
      expect(relativeRmsError).toBeGreaterThan(0);
      expect(relativeRmsError).toBeLessThan(1);
    }
  });

  it("takes --dtype-a for A and the other flags for B", async () => {
    const flags = ["--dtype-a", "nf4", "--dtype", "nf4", "--exact"];
    const report = await compare(model, "--text", text, "--max-tokens", "8", ...flags);
    expect(report.dtype).toEqual({ a: "nf4", b: "nf4" });
    expect(report.klDivergence.max).toBeGreaterThan(0);
  });

  it("reads a text from stdin as from a file, whichever model has the tokenizer", async () => {
    const input = await readFile(text, "utf8");
    const fromFile = await compare(model, "--text", text);
    for (const [a, b] of [
      [bare, model],
      [model, bare],
    ] as const) {
      const { out } = await run(["compare", "--json", a, b, "--text", "-"], { input });
      expect(JSON.parse(out)).toEqual({ ...fromFile, model: { a, b } });
    }
    const tokenizer = join(model, "tokenizer.model");
    const report = await compare(bare, "--tokenizer", tokenizer, "--text", text);
    expect(report).toEqual({ ...fromFile, model: { a: bare, b: bare } });
  });

  it("prints tables for people, in their language", async () => {
    const argv = ["compare", model, "--text", text, "--dtype", "int8", "--max-tokens", "16"];
    const english = (await run(argv)).out;
    expect(english).toMatch(/^Number type +float32 +int8$/m);
    expect(english).toMatch(/^Same most likely token +\d+\.\d\d %$/m);
    expect(english).toMatch(/^Tokens +16 in windows of up to 512 \(1\), 15 predicted$/m);
    expect(english).toMatch(/^final_norm +\d\S* +\d\S*$/m);
    const chinese = (await run([...argv, "--lang", "zh"])).out;
    expect(chinese).toMatch(/^困惑度 +\d/m);
  });

  it("refuses a text or a window with nothing to predict", async () => {
    const usage = async (...argv: string[]): Promise<string> => {
      const { code, err } = await run(["compare", model, ...argv], { input: "" });
      expect(code).toBe(2);
      return err;
    };
    expect(await usage()).toContain("expected --text FILE");
    expect(await usage("--text", "-")).toContain("at least 2 tokens, got 0");
    expect(await usage("--text", text, "--max-tokens", "1")).toContain("at least 2 tokens, got 1");
    expect(await usage("--text", text, "--window", "1")).toContain("at least 2 tokens, got 1");
    expect(await usage("--text", join(directory, "nowhere"))).toContain("nowhere, got ENOENT");
  });

  it("needs a tokenizer", async () => {
    const none = await run(["compare", bare, "--text", text]);
    expect([none.code, none.err]).toEqual([2, expect.stringContaining("--tokenizer FILE")]);
  });

  it("tells what is not supported before it runs A", async () => {
    const io = ["compare", model, "--text", text];
    expect((await run([...io, "--dtype", "float8"])).code).toBe(7);
    expect((await run([...io, "--dtype-a", "float8"])).code).toBe(7);
    // Rows of 176 values are no multiple of 64.
    const { code, err } = await run([...io, "--dtype", "int4"]);
    expect([code, err]).toEqual([5, expect.stringContaining("expected rows of a multiple of 64")]);
    expect((await run(["compare", model, directory, "--text", text])).code).toBe(5);
  });

  it("ends with the code of an interrupt", async () => {
    const controller = new AbortController();
    const io = memoryIo(Readable.from([]), {}, controller.signal);
    const argv = ["compare", model, "--text", text];
    const running = runCli(argv, io);
    controller.abort(new InterruptError("Ctrl+C"));
    expect(await running).toBe(130);
  });
});

describeShared("compare on the golden checkpoints", "model/models/t7", () => {
  const path = (name: string): string => sharedData(`model/models/${name}`);
  const options = ["--tokenizer", join(model, "tokenizer.model")];

  it.each([
    ["t7/bin-bf16", "t7/nf4-safetensors"],
    ["t13/safetensors-bf16", "t13/nf4-safetensors"],
  ])("tells %s from %s, each in its own format", async (a, b) => {
    const report = await compare(path(a), path(b), "--text", text, ...options);
    expect(report.dtype).toEqual({ a: "float32", b: "nf4" });
    expect(report.klDivergence.mean).toBeGreaterThan(0);
    expect(report.klDivergence.mean).toBeLessThan(1);
    expect(report.top1Agreement).toBeGreaterThan(0.3); // 512 near-equal tokens of a random model
  });

  it.each(["t7/nf4-safetensors", "t13/int8-safetensors"])(
    "finds the exact weights of %s and the same as float32 equal",
    async (folder) => {
      const flags = ["--dtype-a", "float32", "--exact", "--text", text, ...options];
      const report = await compare(path(folder), ...flags);
      expect(report.klDivergence.max).toBeLessThan(1e-3);
      expect(report.top1Agreement).toBeGreaterThan(0.9);
    },
  );

  it("refuses models of different vocabularies before it runs one", async () => {
    const { code, err } = await run([
      "compare",
      model,
      path("hd7/safetensors-bf16"),
      "--text",
      text,
    ]);
    expect([code, err]).toEqual([2, expect.stringContaining("expected models of one vocabulary")]);
  });
});
