import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModel, openAdapter, openCheckpoint, readTensorFile } from "@baichuan2/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finetune, type TrainingEvent } from "./finetune.ts";
import { parseTrainingArguments } from "./training-arguments.ts";

/** A random model of 3 layers and 512 tokens, with its tokenizer. */
const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));
const program = fileURLToPath(new URL("./__fixtures__/train.ts", import.meta.url));

let folder = "";
let runs = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "finetune-"));
  const rows = Array.from({ length: 22 }, (_, i) => ({
    conversations: [
      { from: "human", value: `say ${i}` },
      { from: "gpt", value: `it is ${i * 3}` },
    ],
  }));
  await writeFile(join(folder, "data.json"), JSON.stringify(rows));
});
afterAll(() => rm(folder, { recursive: true }));

/** Arguments of a run with a folder of its own: batches of 2, 11 steps an epoch. */
function args(more: Record<string, unknown> = {}): Record<string, unknown> {
  runs += 1;
  return {
    model_name_or_path: tinyChat,
    data_path: join(folder, "data.json"),
    output_dir: join(folder, `run-${runs}`),
    model_max_length: 64,
    max_steps: 20,
    per_device_train_batch_size: 2,
    learning_rate: 1e-3,
    lr_scheduler_type: "cosine",
    warmup_steps: 3,
    logging_steps: 3,
    save_strategy: "steps",
    save_steps: 5,
    ...more,
  };
}

async function train(given: Record<string, unknown>): Promise<TrainingEvent[]> {
  return Array.fromAsync(finetune(parseTrainingArguments(given)));
}

async function log(outputDir: unknown): Promise<unknown> {
  const text = await readFile(join(String(outputDir), "trainer_state.json"), "utf8");
  const { log_history } = JSON.parse(text) as { log_history: Record<string, number>[] };
  return log_history.map(({ train_runtime: _a, train_steps_per_second: _b, ...row }) => row);
}

describe("a full run", () => {
  it("writes what the Trainer writes, and the model is loaded again", async () => {
    const given = args({ max_steps: 6, save_total_limit: 1 });
    const events = await train(given);
    const losses = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
    expect(losses).toHaveLength(6);
    const out = String(given["output_dir"]);
    expect(await readdir(out)).toEqual(
      expect.arrayContaining([
        "checkpoint-5",
        "config.json",
        "model.safetensors",
        "trainer_state.json",
      ]),
    );
    expect(await readdir(join(out, "checkpoint-5"))).toEqual(
      expect.arrayContaining(["optimizer.safetensors", "tokenizer.model", "training_args.json"]),
    );
    await using model = await loadModel(out);
    expect(
      (await model.generate({ text: "say 1" }, { maxNewTokens: 3 })).tokenIds.length,
    ).toBeGreaterThan(0);
  });

  it("learns what it is shown", async () => {
    const given = args({ max_steps: 40, learning_rate: 3e-3, save_strategy: "no" });
    const events = await train(given);
    const losses = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? 0));
  });
});

describe.each([
  ["full", {}],
  ["in bfloat16", { bf16: true }],
  ["LoRA", { use_lora: true, lora_r: 4, lora_target_modules: "W_pack,down_proj" }],
])("a run that goes on (%s)", (_title, more) => {
  it("after it was killed has the bits of one that was not", { timeout: 120_000 }, async () => {
    const whole = args(more);
    await train(whole);
    const cut = args(more);
    await killAfter(cut, "step 11");
    const events = await train({ ...cut, resume_from_checkpoint: true });
    expect(events[0]).toMatchObject({ type: "start", step: 10 });
    const file = "use_lora" in more ? "adapter_model.safetensors" : "model.safetensors";
    const [expected, actual] = [whole, cut].map(({ output_dir }) => join(String(output_dir), file));
    expect(await readTensorFile(actual ?? "")).toEqual(await readTensorFile(expected ?? ""));
    expect(await log(cut["output_dir"])).toEqual(await log(whole["output_dir"]));
    const names = await readdir(String(cut["output_dir"]));
    expect(names.filter((name) => name.includes("unfinished"))).toEqual([]);
  });
});

describe("an adapter's run", () => {
  it("writes what PEFT reads, and leaves the model alone", async () => {
    const given = args({ use_lora: true, max_steps: 3, save_strategy: "no" });
    await train(given);
    const out = String(given["output_dir"]);
    const { config, linears } = await openAdapter(out);
    expect(config).toMatchObject({
      rank: 1,
      alpha: 32,
      targetModules: ["W_pack"],
      baseModel: tinyChat,
    });
    await using checkpoint = await openCheckpoint(tinyChat);
    expect(linears.size).toBe(checkpoint.config.numHiddenLayers);
    for (const { b } of linears.values()) expect(b.some((value) => value !== 0)).toBe(true);
    expect(await readdir(out)).not.toContain("model.safetensors");
  });
});

/** Starts a run and kills it, without a word, when it has printed a line. */
async function killAfter(given: Record<string, unknown>, line: string): Promise<void> {
  const flags = ["--conditions=@baichuan2/source", program, JSON.stringify(given)];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let printed = "";
  child.stdout.on("data", (data: Buffer) => {
    printed += data.toString();
    if (printed.split("\n").includes(line)) child.kill("SIGKILL");
  });
  child.on("exit", (_code, signal) =>
    signal === "SIGKILL" ? resolve() : reject(new Error(`expected a kill after ${printed}`)),
  );
  return promise;
}
