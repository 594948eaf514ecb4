import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseLines, run } from "../__fixtures__/run-in-memory.ts";

/** A random model of 3 layers and 512 tokens, with a tokenizer. */
const model = fileURLToPath(new URL("../../fixtures/tiny-chat", import.meta.url));
const argv = ["generate", "--model", model, "--max-new-tokens", "4", "--ignore-eos"];

interface Likely {
  readonly id: number;
  readonly token: string | null;
  readonly bytes: number[] | null;
  readonly logprob: number;
}

interface Choice {
  readonly index?: number;
  readonly ids: number[];
  readonly text: string;
  readonly finish_reason: string;
  readonly logprobs?: { content: (Likely & { top_logprobs: Likely[] })[] };
}

interface Answer extends Choice {
  readonly choices?: Choice[];
  readonly prompt_logprobs?: ((Likely & { top_logprobs: Likely[] }) | null)[];
  readonly usage: Record<string, number>;
  readonly error?: { code: string; message: string };
}

const jsonl = (...rows: unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

async function answers(rows: readonly unknown[], ...flags: string[]): Promise<Answer[]> {
  const { out } = await run([...argv, "--jsonl", ...flags], { input: jsonl(...rows) });
  return parseLines<Answer>(out);
}

let folder = "";
let schemaFile = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "baichuan2-cli-"));
  schemaFile = join(folder, "schema.json");
  const properties = { a: { type: "boolean" } };
  const schema = { type: "object", properties, required: ["a"], additionalProperties: false };
  await writeFile(schemaFile, JSON.stringify(schema));
});
afterAll(() => rm(folder, { recursive: true }));

const isBoolean = /^\{"a": ?(true|false)\}$/;

describe("log-probabilities", () => {
  it("are those that score gives for the same ids, with the likeliest beside them", async () => {
    const flags = ["--json", "--greedy", "--top-logprobs", "2", "--prompt-logprobs", "1"];
    const { out } = await run([...argv, ...flags, "hello"]);
    const { ids, logprobs, prompt_logprobs: promptLogprobs = [] } = JSON.parse(out) as Answer;
    const told = logprobs?.content ?? [];
    expect(told.map(({ id }) => id)).toEqual(ids);
    // Greedy: each token is the likeliest.
    for (const { top_logprobs: top, ...own } of told) expect(top[0]).toEqual(own);
    expect(told.map(({ top_logprobs: top }) => top.length)).toEqual([2, 2, 2, 2]);

    const tokenized = await run(["tokenize", "--model", model, "hello"]);
    const promptIds = tokenized.out.trim().split(" ").map(Number);
    expect(promptLogprobs[0]).toBeNull();
    const rest = promptLogprobs.slice(1);
    expect(rest.map((one) => one?.id)).toEqual(promptIds.slice(1));
    const row = { ids: promptIds.slice(0, 1), continuation: [...promptIds.slice(1), ...ids] };
    const scored = await run(["score", "--model", model], { input: jsonl(row) });
    const [score] = parseLines<{ logprobs: number[] }>(scored.out);
    const all = [...rest, ...told].map((one) => one?.logprob ?? NaN);
    expect(all).toEqual(score?.logprobs.map((value) => expect.closeTo(value, 4) as number));
  });

  it("are left out where a line wants none, whatever the flags say", async () => {
    const rows = [{ ids: [5] }, { ids: [5], logprobs: false }, { ids: [5], top_logprobs: 0 }];
    const [told, none, few] = await answers(rows, "--top-logprobs", "3");
    expect(told?.logprobs?.content[0]?.top_logprobs).toHaveLength(3);
    expect(none).not.toHaveProperty("logprobs");
    expect(few?.logprobs?.content[0]?.top_logprobs).toEqual([]);
  });
});

describe("several texts", () => {
  it("come in choices, the first as if it were alone, and count together", async () => {
    const row = { ids: [5, 6], seed: 7, logprobs: true };
    const [one, three] = await answers([row, { ...row, n: 3 }], "--deterministic");
    expect(three?.choices?.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(three).not.toHaveProperty("text");
    const [first] = three?.choices ?? [];
    expect(first).toEqual({ index: 0, ...choiceOf(one) });
    expect(three?.usage["completion_tokens"]).toBe(12);
  });

  it.each([["--n", "2"], ["--logprobs"], ["--top-logprobs", "0"], ["--prompt-logprobs", "0"]])(
    "and %s need JSON output",
    async (...flags) => {
      for (const verb of [
        ["generate", "--model", "nowhere"],
        ["chat", "--model", "nowhere"],
      ]) {
        const { code, err } = await run([...verb, ...flags, "--", "hello"]);
        expect(code).toBe(2);
        expect(err).toBe(
          `baichuan2: expected ${flags[0]} only together with JSON output (--json, or --jsonl)\n`,
        );
      }
    },
  );

  it("that the checkpoint asks for come as one where the output is plain text", async () => {
    const copy = join(folder, "three");
    await cp(model, copy, { recursive: true });
    const config = join(copy, "generation_config.json");
    const settings = JSON.parse(await readFile(config, "utf8")) as Record<string, unknown>;
    await writeFile(config, JSON.stringify({ ...settings, num_return_sequences: 3 }));
    for (const verb of ["generate", "chat"]) {
      const plain = [verb, "--model", copy, "--seed", "1", "--max-new-tokens", "3", "hello"];
      const { code, out } = await run(plain);
      expect(code).toBe(0);
      const whole = await run([...plain, "--json", "--n", "1"]);
      expect(out).toBe(`${(JSON.parse(whole.out) as Answer).text}\n`);
    }
    const { out } = await run(["generate", "--model", copy, "--json", "hello"]);
    expect((JSON.parse(out) as Answer).choices).toHaveLength(3);
  });

  it("come as answers to a message, too", async () => {
    const flags = ["--json", "--n", "2", "--max-new-tokens", "3", "--ignore-eos"];
    const { out } = await run(["chat", "--bundled", ...flags, "hello"]);
    const { choices } = JSON.parse(out) as Answer;
    expect(choices?.map(({ ids }) => ids.length)).toEqual([3, 3]);
  });
});

describe("formats", () => {
  const many = ["--max-new-tokens", "20"];

  it("hold for one text, by flag", async () => {
    const text = async (...flags: string[]) =>
      (await run(["generate", "--model", model, ...many, ...flags, "hello"])).out.trimEnd();
    expect(await text("--json-schema", schemaFile)).toMatch(isBoolean);
    expect(await text("--regex", "[0-9]{3}")).toMatch(/^[0-9]{3}$/);
    expect(["yes", "no"]).toContain(await text("--choice", "yes", "--choice", "no"));
    const { out } = await run(["chat", "--bundled", "--json-schema", schemaFile, ...many, "hi"]);
    expect(out.trimEnd()).toMatch(isBoolean);
  });

  it("hold for a line, in place of the flags' format", async () => {
    const json_schema = { name: "x", strict: true, schema: { type: "integer", enum: [42] } };
    const rows = [
      {},
      { response_format: { type: "json_schema", json_schema } },
      { response_format: { type: "json_object" } },
      { structured_outputs: { regex: "[x-z]{2}" } },
      { structured_outputs: { choice: ["no"] } },
      { structured_outputs: { json: { type: "null" } } },
      { structured_outputs: { json_object: true } },
      { response_format: { type: "text" } },
    ].map((row) => ({ ids: [5], ...row }));
    const texts = (await answers(rows, "--choice", "flag", ...many)).map(({ text }) => text);
    expect(texts.slice(0, 2)).toEqual(["flag", "42"]);
    expect(JSON.parse(texts[2] ?? "")).toBeTypeOf("object");
    expect(texts[3]).toMatch(/^[x-z]{2}$/);
    expect(texts.slice(4, 6)).toEqual(["no", "null"]);
    expect(JSON.parse(texts[6] ?? "")).toBeTypeOf("object");
    expect(texts[7]).not.toBe("flag");
  });

  it("that are none are refused: a line is answered, a flag ends the run before it loads", async () => {
    const rows = [
      { response_format: { type: "xml" } },
      { response_format: { type: "json_object" }, structured_outputs: { choice: ["a"] } },
      { structured_outputs: {} },
      { structured_outputs: { regex: "(" } },
    ].map((row) => ({ ids: [5], ...row }));
    const codes = (await answers(rows)).map(({ error }) => error?.code);
    expect(codes).toEqual(["ERR_REQUEST", "ERR_REQUEST", "ERR_REQUEST", "ERR_RESPONSE_FORMAT"]);
    const broken = join(folder, "broken.json");
    await writeFile(broken, "{");
    for (const flags of [
      ["--regex", "("],
      ["--choice", "a", "--regex", "b"],
      ["--json-schema", join(folder, "missing.json")],
      ["--json-schema", broken],
    ]) {
      const { code } = await run(["generate", "--model", "nowhere", ...flags, "--", "x"]);
      expect(code).toBe(2);
    }
  });
});

describe("speculation and limits", () => {
  it("do not change a greedy text", async () => {
    const settings = { max_new_tokens: 40, do_sample: false };
    const row = { ids: [5, 6, 5, 6, 5, 6], ...settings };
    const plain = await answers([row]);
    expect(await answers([{ ...row, speculative: true }])).toEqual(plain);
    const limits = ["--max-slots", "256", "--max-sequences", "1", "--prefix-cache-slots", "0"];
    expect(await answers([row], ...limits)).toEqual(plain);
  });

  it("answer a line that is too long for the slots with an error", async () => {
    const [answer] = await answers([{ ids: [5], max_new_tokens: 300 }], "--max-slots", "256");
    expect(answer?.error?.code).toBe("ERR_ENGINE_LIMIT");
  });

  it("exclude each other where they would have no effect", async () => {
    expect((await run([...argv, "--speculative", "--deterministic", "x"])).code).toBe(2);
    expect((await run([...argv, "--prefix-cache-slots", "-1", "x"])).code).toBe(2);
  });
});

function choiceOf(answer: Answer | undefined): Choice | undefined {
  if (!answer) return undefined;
  const { usage: _usage, ...choice } = answer;
  return choice;
}
