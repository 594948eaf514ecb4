import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { describeShared, readGolden, readJsonLines, sharedData } from "@baichuan2/tooling/golden";
import { parseLines, run } from "../__fixtures__/run-in-memory.ts";

const jsonl = (rows: readonly unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

interface GreedyCase {
  readonly prompt: number[];
  readonly repetition_penalty: number;
  readonly new_ids: number[];
}

describeShared("tokenize and detokenize on the golden texts", "tokenizer/cases.jsonl", () => {
  const tokenizer = ["--jsonl", "--tokenizer", sharedData("tokenizer/baichuan2.tokenizer.model")];

  it("give the ids of SentencePiece", async () => {
    const rows = readJsonLines<{ text: string; ids: number[] }>(
      sharedData("tokenizer/cases.jsonl"),
    );
    const { out } = await run(["tokenize", ...tokenizer], {
      input: jsonl(rows.map(({ text }) => ({ text }))),
    });
    expect(parseLines(out)).toEqual(rows.map(({ ids }) => ({ ids })));
  });

  it("give the texts of SentencePiece", async () => {
    const path = sharedData("tokenizer/decode_cases.jsonl");
    const rows = readJsonLines<{ ids: number[]; decoded: string }>(path);
    const { out } = await run(["detokenize", ...tokenizer], {
      input: jsonl(rows.map(({ ids }) => ({ ids }))),
    });
    expect(parseLines(out)).toEqual(rows.map(({ decoded }) => ({ text: decoded })));
  });
});

describeShared("prompt on the golden conversations", "model/chat/chat_prompts.json", () => {
  interface Case {
    readonly messages: unknown;
    readonly max_new_tokens: number | null;
    readonly model_max_length: number;
    readonly expect: { readonly ids?: number[] };
  }

  it("gives the ids of the original with --compat original", async () => {
    const text = readFileSync(sharedData("model/chat/chat_prompts.json"), "utf8");
    const { cases } = JSON.parse(text) as { cases: Case[] };
    const input = cases.map(({ messages, max_new_tokens, model_max_length }) => ({
      messages,
      max_new_tokens,
      model_max_length,
    }));
    const tokenizer = sharedData("tokenizer/baichuan2.tokenizer.model");
    const argv = ["prompt", "--jsonl", "--compat", "original", "--tokenizer", tokenizer];
    const { out } = await run(argv, { input: jsonl(input) });
    const answers = parseLines<{ ids?: number[] }>(out);
    expect(answers.map(({ ids }) => ids)).toEqual(cases.map((row) => row.expect.ids));
  });
});

describeShared("the verbs on the golden checkpoints", "model/models/t7", () => {
  const checkpoints = { t7: "safetensors-sharded-bf16", t13: "bin-sharded-bf16" };

  it.each(Object.entries(checkpoints))(
    "give the original's logits and greedy ids (%s)",
    async (name, format) => {
      const golden = readGolden(sharedData(`model/forward/${name}.manifest.json`));
      const model = sharedData(`model/models/${name}/${format}`);
      const ids = [...golden.ints("p1_len7.ids")];
      const logits = await run(["logits", "--jsonl", "--model", model], {
        input: jsonl([{ ids }]),
      });
      const rows = parseLines<{ logits: number[][] }>(logits.out)[0]?.logits.flat() ?? [];
      const expected = golden.floats("p1_len7.logits");
      expect(rows).toHaveLength(expected.length);
      // The data's own tolerance (its README): float32 in another order of summation.
      expect(
        Math.max(...rows.map((value, i) => Math.abs(value - (expected[i] ?? NaN)))),
      ).toBeLessThan(1e-4);

      const cases = Object.entries(golden.meta["greedy"] as Record<string, GreedyCase>)
        .filter(([key]) => key.startsWith("p"))
        .map(([, value]) => value);
      const input = cases.map(({ prompt, repetition_penalty, new_ids }) => ({
        ids: prompt,
        max_new_tokens: new_ids.length,
        do_sample: false,
        ignore_eos: true, // as the golden run
        repetition_penalty,
      }));
      const argv = ["generate", "--jsonl", "--parallel", "3", "--model", model];
      const answers = parseLines<{ ids: number[] }>((await run(argv, { input: jsonl(input) })).out);
      expect(answers.map((answer) => answer.ids)).toEqual(cases.map(({ new_ids }) => new_ids));
    },
  );

  it("inspect tells quantized weights from others", async () => {
    const inspect = async (path: string) =>
      JSON.parse((await run(["inspect", "--json", sharedData(path)])).out) as Record<
        string,
        unknown
      >;
    expect(await inspect("model/models/t7/bin-fp32")).toMatchObject({
      quantization: null,
      dtypes: { f32: 24 },
    });
    for (const [folder, format, layout] of [
      ["chat4bits-list", "nf4", "bitsandbytes-list"],
      ["nf4-safetensors", "nf4", "bitsandbytes-flat"],
      ["int8-safetensors", "int8", "llm-int8"],
    ])
      expect(await inspect(`model/models/t7/${folder}`)).toMatchObject({
        quantization: { format, layout },
        parameters: 216_512,
        problems: [],
      });
  });
});
