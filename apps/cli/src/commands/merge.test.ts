import { mkdtemp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeSafetensors, type MergeReport } from "@baichuan2/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseLines, run } from "../__fixtures__/run-in-memory.ts";

/** A random model of 3 layers, hidden size 64, and 512 tokens. */
const model = fileURLToPath(new URL("../../fixtures/tiny-chat", import.meta.url));
const linear = "model.layers.1.self_attn.W_pack";

let directory = "";
let adapter = "";
let output = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "baichuan2-merge-"));
  adapter = join(directory, "adapter");
  output = join(directory, "merged");
  await writeAdapter(64);
});
afterEach(() => rm(directory, { recursive: true }));

/** An adapter of rank 1 in one layer, as PEFT would save it. */
async function writeAdapter(C: number): Promise<void> {
  await mkdir(adapter, { recursive: true });
  const json = { peft_type: "LORA", r: 1, lora_alpha: 2, target_modules: ["W_pack"] };
  await writeFile(join(adapter, "adapter_config.json"), JSON.stringify(json));
  const tensors = [
    { name: `base_model.model.${linear}.lora_A.weight`, shape: [1, C], dtype: "f32" },
    { name: `base_model.model.${linear}.lora_B.weight`, shape: [3 * C, 1], dtype: "f32" },
  ] as const;
  const data = tensors.map(({ name, shape: [rows, cols] }) => {
    const values = Float32Array.from({ length: rows * cols }, (_, i) => Math.sin(i));
    return { name, chunks: [new Uint8Array(values.buffer)] };
  });
  await writeSafetensors(join(adapter, "adapter_model.safetensors"), tensors, data);
}

const merge = (...argv: string[]) =>
  run(["merge", "--model", model, "--adapter", adapter, "--output", output, ...argv]);

const logits = async (...argv: string[]): Promise<number[]> => {
  const { code, out, err } = await run(["logits", "--last", ...argv], { input: '{"ids":[5,7,9]}' });
  expect([code, err]).toEqual([0, ""]);
  const [row] = parseLines<{ logits: number[][] }>(out);
  return row?.logits[0] ?? [];
};

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))));

describe("merge", () => {
  it("writes a model that says what the model says with --adapter", async () => {
    const { code, out, err } = await merge("--dtype", "f32", "--json");
    expect([code, err]).toEqual([0, ""]);
    const report = JSON.parse(out) as MergeReport;
    expect(report).toMatchObject({ model, adapter, output, merged: [`${linear}.weight`] });
    const tuned = await logits("--model", model, "--adapter", adapter);
    expect(distance(await logits("--model", output), tuned)).toBeLessThan(1e-4);
    expect(distance(await logits("--model", model), tuned)).toBeGreaterThan(1e-2);
  });

  it("tells what it has done, in the language of the user", async () => {
    expect((await merge()).out).toMatch(/Written to +.+merged\nWeights changed +1\n/);
    await rm(output, { recursive: true });
    expect((await merge("--lang", "zh")).out).toContain("修改的权重");
  });

  it("ends with the code of what is wrong, and writes nothing", async () => {
    const missing = await run(["merge", "--model", model, "--output", output]);
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining("--adapter")]);
    const placeless = await run(["merge", "--model", model, "--adapter", adapter]);
    expect([placeless.code, placeless.err]).toEqual([2, expect.stringContaining("--output")]);
    expect((await merge("--dtype", "int8")).code).toBe(7);
    await writeAdapter(32);
    const { code, err } = await merge();
    expect([code, err]).toEqual([5, expect.stringContaining("got lora_A [1, 32]")]);
    expect(await readdir(directory)).toEqual(["adapter"]);
    await mkdir(output);
    await writeAdapter(64);
    expect((await merge()).code).toBe(2);
  });
});

describe("--adapter", () => {
  it.each([
    [["generate", "--greedy", "--max-new-tokens", "8", "hello"], ""],
    [["score"], '{"ids":[5,7],"continuation":[9]}'],
  ])("changes what %j says", async ([verb = "", ...rest], input) => {
    const plain = await run([verb, "--model", model, ...rest], { input });
    const tuned = await run([verb, "--model", model, "--adapter", adapter, ...rest], { input });
    expect([plain.code, tuned.code]).toEqual([0, 0]);
    expect(tuned.out).not.toBe(plain.out);
  });

  it("that does not fit ends with code 5", async () => {
    await writeAdapter(32);
    const { code, err } = await run(["generate", "--model", model, "--adapter", adapter, "hello"]);
    expect([code, err]).toEqual([
      5,
      expect.stringContaining("expected lora_A [1, 64] and lora_B [192, 1], got lora_A [1, 32]"),
    ]);
  });
});
