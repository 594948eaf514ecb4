import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseLines, run, terminalInput } from "../__fixtures__/run-in-memory.ts";

/** A random model of 3 layers and 512 tokens, with a tokenizer. */
const model = fileURLToPath(new URL("../../fixtures/tiny-chat", import.meta.url));
const tokenizer = join(model, "tokenizer.model");

interface Answer {
  readonly ids: number[];
  readonly text: string | null;
  readonly finish_reason: string;
  readonly usage: Record<string, number>;
  readonly error?: { code: string; message: string };
}

const jsonl = (...rows: unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** The same checkpoint without tokenizer.model. */
let bare = "";
beforeAll(async () => {
  bare = await mkdtemp(join(tmpdir(), "baichuan2-cli-"));
  for (const file of ["config.json", "generation_config.json", "pytorch_model.bin"])
    await copyFile(join(model, file), join(bare, file));
});
afterAll(() => rm(bare, { recursive: true }));

describe("tokenize and detokenize", () => {
  it("turn lines of text to ids and back, with a tokenizer or a model", async () => {
    const input = jsonl({ text: "你好, world" }, { text: "" });
    const ids = await run(["tokenize", "--jsonl", "--tokenizer", tokenizer], { input });
    expect(await run(["tokenize", "--jsonl", "--model", model], { input })).toEqual(ids);
    const back = await run(["detokenize", "--jsonl", "--tokenizer", tokenizer], { input: ids.out });
    expect(parseLines(back.out)).toEqual([{ text: "你好, world" }, { text: "" }]);
  });

  it("work on an argument as well as on stdin", async () => {
    const fromArgument = await run(["tokenize", "hello", "--tokenizer", tokenizer]);
    const fromStdin = await run(["tokenize", "-", "--tokenizer", tokenizer], { input: "hello" });
    expect(fromStdin).toEqual(fromArgument);
    for (const input of ["hello\n", "hello\r\n"])
      expect(await run(["tokenize", "--tokenizer", tokenizer], { input })).toEqual(fromArgument);
    const twoLines = await run(["tokenize", "--tokenizer", tokenizer], { input: "hello\n\n" });
    expect(twoLines).toEqual(await run(["tokenize", "hello\n", "--tokenizer", tokenizer]));
    const ids = fromArgument.out.trim().split(" ");
    const { out } = await run(["detokenize", ...ids, "--tokenizer", tokenizer]);
    expect(out).toBe("hello\n");
  });

  it("take special tokens as --special-tokens says", async () => {
    const input = jsonl({ text: "<reserved_106>" });
    const argv = ["tokenize", "--jsonl", "--tokenizer", tokenizer];
    const [parsed] = parseLines<Answer>((await run(argv, { input })).out);
    expect(parsed?.ids).toHaveLength(1);
    const [text] = parseLines<Answer>(
      (await run([...argv, "--special-tokens", "text"], { input })).out,
    );
    expect(text?.ids.length).toBeGreaterThan(1);
    expect(text?.ids).not.toContain(parsed?.ids[0]);
    const refused = await run([...argv, "--special-tokens", "error"], { input });
    expect(parseLines<Answer>(refused.out)[0]?.error?.code).toBe("ERR_TOKENIZER");
  });

  it("answer an id outside the vocabulary with an error and go on", async () => {
    const input = jsonl({ ids: [512] }, { ids: [-1] }, { ids: [5] });
    const { code, out } = await run(["detokenize", "--jsonl", "--tokenizer", tokenizer], { input });
    const codes = parseLines<Answer>(out).map(({ error }) => error?.code);
    expect(codes).toEqual(["ERR_TOKENIZER", "ERR_TOKENIZER", undefined]);
    expect(code).toBe(0);
  });

  it("need a tokenizer", async () => {
    const { code, err } = await run(["tokenize", "--jsonl"]);
    expect(code).toBe(2);
    expect(err).toBe(
      "baichuan2: expected a tokenizer, got none (--tokenizer FILE or --model DIR)\n",
    );
  });
});

describe("prompt", () => {
  const messages = [{ role: "user", content: "a" }];

  it("puts the markers around messages, the model's or the published ones", async () => {
    for (const source of [
      ["--tokenizer", tokenizer],
      ["--model", model],
    ]) {
      const { out } = await run(["prompt", "--jsonl", ...source], { input: jsonl({ messages }) });
      const ids = parseLines<Answer>(out)[0]?.ids;
      expect([ids?.[0], ids?.at(-1)]).toEqual([195, 196]);
    }
  });

  it("answers what is no conversation with the fault's code", async () => {
    const input = jsonl({ messages: [] }, { messages: [{ role: "user" }] }, { messages: 1 });
    const { out } = await run(["prompt", "--tokenizer", tokenizer], { input });
    const codes = parseLines<Answer>(out).map(({ error }) => error?.code);
    expect(codes).toEqual(["ERR_CHAT_EMPTY", "ERR_CHAT_MISSING_FIELD", "ERR_REQUEST"]);
  });
});

describe("logits", () => {
  it("gives a row per position, or the last, and the same numbers in both", async () => {
    const input = jsonl({ ids: [5, 6, 7] }, { ids: [600] }, { ids: [] }, { ids: [7] });
    const all = parseLines<{ logits: number[][]; error?: { code: string } }>(
      (await run(["logits", "--jsonl", "--model", bare], { input })).out,
    );
    expect(all[0]?.logits.map((row) => row.length)).toEqual([512, 512, 512]);
    expect(all.map(({ error }) => error?.code)).toEqual([
      undefined,
      "ERR_TOKEN_ID",
      "ERR_REQUEST",
      undefined,
    ]);
    const last = parseLines<{ logits: number[][] }>(
      (
        await run(["logits", "--jsonl", "--last", "--model", bare], {
          input: jsonl({ ids: [5, 6, 7] }),
        })
      ).out,
    );
    const expected = all[0]?.logits[2]?.map((value) => expect.closeTo(value, 5) as number);
    expect(last[0]?.logits).toEqual([expected]);
    // Full precision: each number is exactly a float32.
    expect(all[0]?.logits[0]?.every((value) => Math.fround(value) === value)).toBe(true);
  });
});

describe("generate", () => {
  const argv = ["generate", "--jsonl", "--model", model];

  it("answers ids, prompts and conversations with ids, text, reason and usage", async () => {
    const settings = { max_new_tokens: 3, do_sample: false, ignore_eos: true };
    const input = jsonl(
      { ids: [5, 6], ...settings },
      { prompt: "hello", ...settings },
      { messages: [{ role: "user", content: "hello" }], ...settings },
    );
    const answers = parseLines<Answer>((await run(argv, { input })).out);
    for (const { ids, text, finish_reason, usage } of answers) {
      expect(ids).toHaveLength(3);
      expect(text).toEqual(expect.any(String));
      expect(finish_reason).toBe("length");
      expect(usage["total_tokens"]).toBe((usage["prompt_tokens"] ?? 0) + 3);
    }
    expect(answers[0]?.usage["prompt_tokens"]).toBe(2);
  });

  it("gives the same answers in the same order with --parallel", async () => {
    const rows = Array.from({ length: 6 }, (_, i) => ({
      ids: [10 + i, 20],
      max_new_tokens: 9 - i,
      seed: i,
    }));
    const input = jsonl(...rows.slice(0, 3), { ids: [9999] }, ...rows.slice(3));
    const single = await run(argv, { input });
    expect(await run([...argv, "--parallel", "4"], { input })).toEqual(single);
    expect(parseLines<Answer>(single.out)[3]?.error?.code).toBe("ERR_TOKEN_ID");
  });

  it("takes flags as defaults that a line overrides", async () => {
    const flags = ["--max-new-tokens", "2", "--greedy", "--ignore-eos"];
    const input = jsonl({ ids: [5] }, { ids: [5], max_new_tokens: 4 });
    const answers = parseLines<Answer>((await run([...argv, ...flags], { input })).out);
    expect(answers.map(({ ids }) => ids.length)).toEqual([2, 4]);
    expect(answers[1]?.ids.slice(0, 2)).toEqual(answers[0]?.ids);
  });

  it("takes the checkpoint's number of tokens where nothing else is said", async () => {
    const input = jsonl({ ids: [5], ignore_eos: true });
    const [answer] = parseLines<Answer>((await run(argv, { input })).out);
    expect(answer?.ids).toHaveLength(64); // generation_config.json: max_new_tokens
  });

  it("ends the answer to a conversation with the model's context", async () => {
    const { model_max_length: context } = JSON.parse(
      await readFile(join(model, "config.json"), "utf8"),
    ) as { model_max_length: number };
    // Takes a part of the room that the checkpoint's own max_new_tokens (64) would need.
    const messages = [{ role: "user", content: "#".repeat(context - 20) }];
    const input = jsonl({ messages, ignore_eos: true });
    const [answer] = parseLines<Answer>((await run(argv, { input })).out);
    expect(answer?.finish_reason).toBe("length");
    expect(answer?.ids.length).toBeLessThan(64);
    expect(answer?.usage["total_tokens"]).toBe(context);
  });

  it("works with ids on a checkpoint without a tokenizer; the text is null", async () => {
    const input = jsonl({ ids: [5], max_new_tokens: 2 }, { prompt: "hello" });
    const { out } = await run(["generate", "--jsonl", "--model", bare], { input });
    const [withIds, withText] = parseLines<Answer>(out);
    expect(withIds?.text).toBeNull();
    expect(withText?.error?.code).toBe("ERR_NO_TOKENIZER");
  });

  it("names a key of a line as the line spells it", async () => {
    const input = jsonl({ ids: [5], top_p: 7 }, { ids: [5], prompt: "x" }, { ids: [5], topp: 1 });
    const errors = parseLines<Answer>((await run(argv, { input })).out).map(({ error }) => error);
    expect(errors[0]).toEqual({
      code: "ERR_GENERATION_OPTION",
      message: "generation options: expected top_p to be a number above 0 and at most 1, got 7",
    });
    expect(errors[1]?.message).toContain("exactly one of ids, prompt, messages");
    expect(errors[2]?.message).toContain("topp");
  });

  it("streams the continuation of one text", async () => {
    const options = ["--model", model, "--greedy", "--max-new-tokens", "5", "--ignore-eos"];
    const { code, out } = await run(["generate", "hello", ...options]);
    const whole = await run(["generate", "hello", "--json", ...options]);
    expect(code).toBe(0);
    expect(out).toBe(`${(JSON.parse(whole.out) as Answer).text}\n`);
  });

  it("takes the text after --quantize-head as the prompt, and 8 or 4 as --head-bits", async () => {
    const options = ["--model", model, "--dtype", "nf4", "--greedy", "--max-new-tokens", "3"];
    const answer = async (...args: string[]) => {
      const { code, out, err } = await run(["generate", "--json", ...options, ...args]);
      expect(code, err).toBe(0);
      return (JSON.parse(out) as Answer).text;
    };
    const whole = await answer("--quantize-head", "hello");
    expect(await answer("--head-bits", "8", "hello")).toBe(whole);
    expect(await answer("--head-bits", "4", "hello")).toBeTypeOf("string");
    const { code, err } = await run(["generate", "hello", ...options, "--head-bits", "5"]);
    expect(code).toBe(2);
    expect(err).toContain("--head-bits");
  });

  it("refuses a wrong flag before it loads a model, as the user spelled it", async () => {
    const { code, err } = await run(["generate", "x", "--model", "nowhere", "--top-p", "2"]);
    expect(code).toBe(2);
    expect(err).toContain("--top-p");
  });
});

describe("chat", () => {
  it("answers an argument and stdin alike and says that the bundled model is tiny", async () => {
    const argv = ["chat", "--bundled", "--seed", "1", "--max-new-tokens", "6"];
    const answer = await run([...argv, "你好"]);
    expect(answer.code).toBe(0);
    expect(answer.out).toMatch(/.\n$/s);
    expect(answer.err).toContain("tiny model");
    expect(await run(argv, { input: "你好\n" })).toEqual(answer);
    expect(await run([...argv, "-"], { input: "你好" })).toEqual(answer);
    expect(await run([...argv, "你好", "--no-stream"])).toEqual(answer);
  });

  it("opens a conversation on a terminal", async () => {
    const stdin = terminalInput();
    stdin.end("hello\nexit\n");
    const argv = ["chat", "--bundled", "--max-new-tokens", "4", "--lang", "zh"];
    const { code, out, err } = await run(argv, { stdin });
    expect(code).toBe(0);
    expect(out).toMatch(/^百川： .+\n$/s);
    expect(err).toContain("exit 结束");
    expect(err).not.toContain("baichuan2：");
  });

  it("needs a model and a message", async () => {
    expect((await run(["chat", "hello"])).err).toContain("--bundled");
    expect((await run(["chat", "--bundled"], { input: "" })).code).toBe(2);
  });
});

describe("inspect", () => {
  it("tells what a checkpoint holds", async () => {
    const { code, out } = await run(["inspect", "--json", "--model", model]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      variant: "other",
      positionScheme: "rope",
      tuning: "unknown",
      format: "pytorch",
      tensors: 24, // 3 layers of 7, embeddings, norm, head
      parameters: 216_512, // 2*512*64 + 64 + 3*(4*64*64 + 3*64*176 + 2*64)
      dtypes: { bf16: 24 },
      bytes: 433_024,
      tokenizer: true,
      memory: { float32: 733_184 }, // without the embeddings
      disk: { bfloat16: 433_024 },
      problems: [],
    });
  });

  it("prints a table for people, in their language", async () => {
    const { out } = await run(["inspect", model], { env: { LANG: "zh_CN.UTF-8" } });
    expect(out).toContain("参数量");
    expect(out).toContain("216,512");
  });

  it("ends with code 5 for a checkpoint that is not there or damaged", async () => {
    const empty = await mkdtemp(join(tmpdir(), "baichuan2-cli-"));
    const { code, err } = await run(["inspect", empty]);
    await rm(empty, { recursive: true });
    expect(code).toBe(5);
    expect(err).toContain(`baichuan2: ${empty}`);
  });
});

describe("bench", () => {
  it("prints one line of numbers for a model", async () => {
    const argv = [
      "bench",
      "--json",
      "--model",
      model,
      "--prompt-tokens",
      "20",
      "--new-tokens",
      "5",
    ];
    const { code, out } = await run([...argv, "--rounds", "2", "--threads", "1"]);
    expect(code).toBe(0);
    expect(out.trim().split("\n")).toHaveLength(1);
    const report = JSON.parse(out) as Record<string, unknown>;
    expect(report).toMatchObject({
      shape: "tiny-chat",
      dtype: "float32",
      threads: 1,
      layers: 3,
      promptTokens: 20,
      newTokens: 5,
      rounds: 2,
    });
    for (const key of ["loadSeconds", "prefillTokPerSec", "decodeTokPerSec", "rssBytes"])
      expect(report[key]).toBeGreaterThan(0);
  });

  it("measures several streams at once", async () => {
    const sizes = ["--prompt-tokens", "20", "--new-tokens", "5", "--rounds", "1"];
    const argv = ["bench", "--json", "--model", model, ...sizes, "--parallel", "3"];
    const { code, out } = await run([...argv, "--deterministic", "--max-slots", "256"]);
    expect(code).toBe(0);
    const report = JSON.parse(out) as Record<string, unknown>;
    const drafts = { proposed: 0, accepted: 0 };
    expect(report).toMatchObject({ parallel: 3, deterministic: true, speculative: false, drafts });
    expect(report["totalDecodeTokPerSec"]).toBeGreaterThan(0);
    const refused = await run(["bench", "--shape", "7b", "--speculative", "--deterministic"]);
    expect(refused.code).toBe(2);
  });

  it("ends with code 7 for a dtype or device that is not there", async () => {
    expect((await run(["bench", "--shape", "7b", "--dtype", "float8"])).code).toBe(7);
    expect((await run(["bench", "--shape", "7b", "--device", "cuda"])).code).toBe(7);
    expect((await run(["bench", "--model", model, "--dtype", "float8"])).code).toBe(7);
    expect((await run(["chat", "x", "--bundled", "--device", "cuda"])).code).toBe(7);
  });

  it("needs exactly one of --shape and --model", async () => {
    expect((await run(["bench"])).code).toBe(2);
    expect((await run(["bench", "--shape", "7b", "--model", model])).code).toBe(2);
    expect((await run(["bench", "--model", model, "--layers", "2"])).code).toBe(2);
  });
});
