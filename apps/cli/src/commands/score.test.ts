import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseLines, run, terminalInput } from "../__fixtures__/run-in-memory.ts";

/** A random model of 3 layers and 512 tokens, with a tokenizer and a context of 256 tokens. */
const model = fileURLToPath(new URL("../../fixtures/tiny-chat", import.meta.url));

interface Failed {
  readonly error?: { code: string };
}
interface Scored extends Failed {
  readonly ids: number[];
  readonly logprobs: number[];
  readonly log_likelihood: number;
  readonly is_greedy: boolean;
}
interface Surprise extends Failed {
  readonly perplexity: number;
  readonly loss: number;
  readonly tokens: number;
}

const jsonl = (...rows: unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

async function lines<Row>(verb: string, rows: readonly unknown[], ...flags: string[]) {
  const { out } = await run([verb, "--jsonl", "--model", model, ...flags], {
    input: jsonl(...rows),
  });
  return parseLines<Row>(out);
}

describe("score", () => {
  it("gives the log-softmax of the logits at each token of a continuation", async () => {
    const [first] = await lines<{ logits: number[][] }>("logits", [{ ids: [5, 6, 7, 8] }]);
    const rows = first?.logits.slice(1, 3) ?? []; // what tells tokens 7 and 8
    const expected = rows.map((row, index) => {
      const total = row.reduce((sum, logit) => sum + Math.exp(logit), 0);
      return (row[[7, 8][index] ?? 0] ?? NaN) - Math.log(total);
    });
    const [score] = await lines<Scored>("score", [{ ids: [5, 6], continuation: [7, 8] }]);
    expect(score?.logprobs).toEqual(expected.map((value) => expect.closeTo(value, 4) as number));
    expect(score?.log_likelihood).toBeCloseTo((expected[0] ?? 0) + (expected[1] ?? 0), 4);
    expect(score?.ids).toEqual([7, 8]);
  });

  it("finds the greedy continuation greedy, and another one not", async () => {
    const settings = { max_new_tokens: 3, do_sample: false, ignore_eos: true };
    const [greedy] = await lines<Scored>("generate", [{ prompt: "hello", ...settings }]);
    const ids = greedy?.ids ?? [];
    const other = [...ids.slice(0, 2), ((ids[2] ?? 0) + 1) % 512];
    const row = { prompt: "hello", continuations: [ids, other, " world"] };
    const [answer] = await lines<{ scores: Scored[] }>("score", [row]);
    expect(answer?.scores.map(({ is_greedy: isGreedy }) => isGreedy)).toEqual([true, false, false]);
  });

  it("answers lines in their order with --parallel, mistakes among them", async () => {
    const messages = [{ role: "user", content: "hi" }];
    const rows = [
      { prompt: "hello", continuation: " world" },
      { messages, continuations: [[7], [8, 9]] },
      { messages, continuation: "x" },
      { ids: [5], continuation: [9999] },
      { ids: [5], continuation: [] },
      { ids: [5] },
      { ids: [5], continuations: [] },
      { continuation: "x" },
    ];
    const single = await lines<Failed>("score", rows, "--deterministic");
    expect(await lines("score", rows, "--deterministic", "--parallel", "4")).toEqual(single);
    expect(single.map(({ error }) => error?.code)).toEqual([
      undefined,
      undefined,
      "ERR_PROMPT",
      "ERR_TOKEN_ID",
      "ERR_PROMPT",
      "ERR_REQUEST",
      "ERR_REQUEST",
      "ERR_REQUEST",
    ]);
  });
});

describe("perplexity", () => {
  let folder = "";
  let file = "";
  const text = "All happy families are alike; each unhappy family is unhappy in its own way.\n";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "baichuan2-cli-"));
    file = join(folder, "text.txt");
    await writeFile(file, text);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const argv = ["perplexity", "--model", model];

  it("is exp of the mean of what score gives, for a file, stdin and a line alike", async () => {
    const { out } = await run([...argv, "--json", file]);
    const result = JSON.parse(out) as Surprise;
    const tokenized = await lines<Scored>("tokenize", [{ text }], "--special-tokens", "text");
    const ids = tokenized[0]?.ids ?? [];
    const row = { ids: ids.slice(0, 1), continuation: ids.slice(1) };
    const [score] = await lines<Scored>("score", [row]);
    expect(result.tokens).toBe(ids.length - 1);
    expect(result.loss).toBeCloseTo(-(score?.log_likelihood ?? 0) / result.tokens, 4);
    expect(result.perplexity).toBeCloseTo(Math.exp(result.loss), 6);
    expect((await run([...argv, "--json"], { input: text })).out).toBe(out);
    expect((await run([...argv, "--json", "-"], { input: text })).out).toBe(out);
    const rows = [{ text }, { ids }, { text: "" }, {}];
    const answers = await lines<Surprise>("perplexity", rows, "--parallel", "1");
    expect(answers.slice(0, 2)).toEqual([result, result]);
    expect(answers.slice(2).map(({ error }) => error?.code)).toEqual(["ERR_PROMPT", "ERR_REQUEST"]);
  });

  it("scores each token but the first once, if windows overlap", async () => {
    const whole = JSON.parse((await run([...argv, "--json", file])).out) as Surprise;
    const flags = ["--json", "--window", "8", "--stride", "3", file];
    const cut = JSON.parse((await run([...argv, ...flags])).out) as Surprise;
    expect(cut.tokens).toBe(whole.tokens);
    expect(cut.loss).not.toBe(whole.loss);
  });

  it("prints a table for people, in their language", async () => {
    const { out } = await run([...argv, "--lang", "zh", file]);
    expect(out).toMatch(/^困惑度 +[\d.e+]+\n损失（奈特\/词元） +[\d.]+\n预测的词元 +\d+\n$/);
  });

  it("refuses windows that make no sense, and a text of one token", async () => {
    const small = ["--window", "1"];
    const wide = ["--window", "8", "--stride", "9"];
    for (const flags of [small, wide]) {
      expect((await run(["perplexity", "--model", "nowhere", ...flags, file])).code).toBe(2);
    }
    // The window of the model is 256 tokens.
    expect((await run([...argv, "--stride", "257", file])).code).toBe(2);
    expect((await run([...argv], { input: "" })).err).toContain("at least 2 tokens, got 0");
    expect((await run([...argv], { stdin: terminalInput() })).code).toBe(2);
    expect((await run([...argv, join(folder, "missing")])).code).toBe(2);
    expect((await run([...argv, "--jsonl", file])).code).toBe(2);
  });
});

describe("embed", () => {
  it("gives a vector of the hidden size for a text, the same for its ids", async () => {
    const { out } = await run(["embed", "--model", model, "hello"]);
    const { embedding } = JSON.parse(out) as { embedding: number[] };
    expect(embedding).toHaveLength(64);
    expect(embedding.every((value) => Math.fround(value) === value)).toBe(true);
    const [tokenized] = await lines<Scored>("tokenize", [{ text: "hello" }]);
    const rows = [{ text: "hello" }, { ids: tokenized?.ids }, { text: "" }, { text: "other" }];
    const answers = await lines<Failed & { embedding: number[] }>("embed", rows);
    expect(answers.slice(0, 2)).toEqual([{ embedding }, { embedding }]);
    expect(answers[2]?.error?.code).toBe("ERR_PROMPT");
    expect(answers[3]?.embedding).not.toEqual(embedding);
  });
});
