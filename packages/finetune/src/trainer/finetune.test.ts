import { spawn } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModel, openAdapter, openCheckpoint, readTensorFile } from "@baichuan2/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finetune } from "./finetune.ts";
import type { TrainingEvent, TrainingResult } from "./training-event.ts";
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
  return log_history.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !/runtime|per_second/.test(name))),
  );
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
        "checkpoint-6",
        "config.json",
        "model.safetensors",
        "trainer_state.json",
      ]),
    );
    expect(await readdir(join(out, "checkpoint-6"))).toEqual(
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

describe("a run that goes on", () => {
  const adapter = { use_lora: true, lora_r: 2, max_steps: 4, save_steps: 2, logging_steps: 5 };

  it.each([
    [{ lora_r: 4 }, "expected a run with lora_r 4, got 2"],
    [{ lora_target_modules: "o_proj" }, 'lora_target_modules ["o_proj"], got ["W_pack"]'],
    [{ seed: 7 }, "expected a run with seed 7, got 42"],
    [{ per_device_train_batch_size: 1 }, "per_device_train_batch_size 1, got 2"],
    [{ eval_split: 0.2 }, "expected a run with eval_split 0.2, got 0"],
  ])("refuses a checkpoint of another run: %j", async (other, message) => {
    const given = args(adapter);
    await train(given);
    const again = train({ ...given, resume_from_checkpoint: true, ...other });
    await expect(again).rejects.toThrow(message);
  });

  it("refuses a checkpoint whose tensors are others, by name", async () => {
    const given = args(adapter);
    await train(given);
    const foreign = args({ ...adapter, lora_r: 1 });
    await train(foreign);
    const file = join("checkpoint-4", "optimizer.safetensors");
    await copyFile(
      join(String(foreign["output_dir"]), file),
      join(String(given["output_dir"]), file),
    );
    await expect(train({ ...given, resume_from_checkpoint: true })).rejects.toThrow(
      /optimizer\.safetensors.*lora_A.*expected 128 values, got 64/,
    );
  });

  it("needs a checkpoint", async () => {
    const again = train(args({ resume_from_checkpoint: true }));
    await expect(again).rejects.toThrow("expected a checkpoint to go on from, got none");
  });
});

describe("a new run", () => {
  const short = { max_steps: 2, save_steps: 1, save_total_limit: 1 };

  it("does not begin among checkpoints of an earlier one, unless it may remove them", async () => {
    const given = args(short);
    await train({ ...given, max_steps: 6, save_steps: 3 });
    await expect(train(given)).rejects.toThrow("output_dir: expected a folder without checkpoints");
    await train({ ...given, overwrite_output_dir: true });
    const names = await readdir(String(given["output_dir"]));
    expect(names.filter((name) => name.startsWith("checkpoint-"))).toEqual(["checkpoint-2"]);
  });

  it("saves its last step, and the end of an epoch that is not whole", async () => {
    const epochs = { max_steps: -1, save_strategy: "epoch", num_train_epochs: 1.5 };
    const [steps, halves] = [args({ max_steps: 4, save_steps: 3 }), args(epochs)];
    const saved = async (given: Record<string, unknown>): Promise<number[]> =>
      (await train(given)).flatMap((event) => (event.type === "save" ? [event.step] : []));
    expect(await saved(steps)).toEqual([3, 4]);
    expect(await saved(halves)).toEqual([11, 17]);
  });

  it("has the mean loss of all steps at the end of its log", async () => {
    const events = await train(args({ max_steps: 7, logging_steps: 5, save_strategy: "no" }));
    const losses = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / 7;
    const last = events.findLast((event) => event.type === "log");
    expect(last?.row).toMatchObject({
      step: 7,
      train_loss: expect.closeTo(mean, 10) as number,
      train_samples_per_second: expect.any(Number) as number,
    });
  });

  it.each([
    [{ bf16: true }, "bfloat16"],
    [{}, "float32"],
  ])("tells the number type of what it wrote: %j", async (more, dtype) => {
    const given = args({ max_steps: 1, save_strategy: "no", ...more });
    await train(given);
    const config = await readFile(join(String(given["output_dir"]), "config.json"), "utf8");
    expect(JSON.parse(config)).toMatchObject({ torch_dtype: dtype });
    expect(await readdir(String(given["output_dir"]))).not.toContain("README.md");
  });

  it.each([
    [{ eval_split: 0.99 }, "expected texts to train and to evaluate on"],
    [{ eval_split: 0.01 }, "expected texts to train and to evaluate on"],
    [{ eval_split: 1 }, "eval_split"],
    [{ per_device_train_batch_size: 64, dataloader_drop_last: true }, "expected at most 22"],
    [{ model_max_length: 2 }, "expected a text of which something can be learned, got 22 whose"],
  ])("with nothing to learn or to evaluate is refused: %j", async (more, message) => {
    await expect(async () => train(args(more))).rejects.toThrow(message);
  });
});

describe.each([
  ["full", {}],
  ["in bfloat16, evaluated", { bf16: true, eval_split: 0.2, evaluation_strategy: "steps" }],
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

describe("an evaluated run", () => {
  const evaluated = {
    eval_split: 0.25,
    evaluation_strategy: "steps",
    eval_steps: 1,
    save_steps: 1,
    lr_scheduler_type: "constant",
    load_best_model_at_end: true,
  };
  /** At this rate the loss falls, then rises. */
  const learning_rate = 0.05;

  it("ends when evaluations get worse, with the best model", async () => {
    const given = args({
      ...evaluated,
      learning_rate,
      early_stopping_patience: 3,
      save_total_limit: 1,
    });
    const run = finetune(parseTrainingArguments(given));
    const [losses, result]: [number[], TrainingResult] = await collect(run);
    const best = losses.indexOf(Math.min(...losses));
    expect(losses).toHaveLength(best + 1 + 3);
    expect(result).toMatchObject({ steps: best + 4, modelStep: best + 1 });
    const out = String(given["output_dir"]);
    const kept = join(out, `checkpoint-${best + 1}`);
    const file = "model.safetensors";
    expect(await readTensorFile(join(out, file))).toEqual(await readTensorFile(join(kept, file)));
    const state = JSON.parse(await readFile(join(out, "trainer_state.json"), "utf8")) as unknown;
    expect(state).toMatchObject({ best_metric: losses[best], best_model_checkpoint: kept });
  });

  it("that goes on under another spelling of its folder keeps the best model", async () => {
    const given = args({ ...evaluated, learning_rate, max_steps: 10, save_total_limit: 1 });
    const out = String(given["output_dir"]);
    const whole = finetune(parseTrainingArguments(given));
    const [losses] = await collect(whole);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(best).toBeLessThan(10);
    const again = {
      ...given,
      output_dir: `${out}/../${basename(out)}/`,
      resume_from_checkpoint: true,
      learning_rate: 1, // what comes now is worse
    };
    const [, result] = await collect(finetune(parseTrainingArguments({ ...again, max_steps: 12 })));
    expect(result.modelStep).toBe(best);
    expect(await readdir(out)).toContain(`checkpoint-${best}`);
  });

  it("holds rows back: the same rows whatever else is asked for", async () => {
    const starts = await Promise.all(
      [{}, { max_steps: 2 }].map(async (more) => {
        const run = finetune(
          parseTrainingArguments(
            args({ eval_split: 0.25, save_strategy: "no", max_steps: 1, ...more }),
          ),
        );
        const { value } = await run.next();
        await run.return(undefined as never);
        return value as TrainingEvent;
      }),
    );
    expect(starts[0]).toMatchObject({ rows: 16, evaluationRows: 6 });
    expect(starts[1]).toMatchObject({ rows: 16, evaluationRows: 6 });
  });
});

describe("an adapter's run", () => {
  it.each(["nf4", "int8"])("learns on a base in %s, and is used with it", async (dtype) => {
    const given = args({
      use_lora: true,
      base_dtype: dtype,
      lora_r: 4,
      learning_rate: 1e-2,
      max_steps: 15,
      save_strategy: "no",
    });
    const events = await train(given);
    const losses = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? 0));
  });

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
    expect(await readdir(out)).toContain("tokenizer.model");
  });
});

/** The losses of evaluations, and what came of the run. */
async function collect(
  run: AsyncGenerator<TrainingEvent, TrainingResult>,
): Promise<[number[], TrainingResult]> {
  const losses: number[] = [];
  for (let next = await run.next(); ; next = await run.next()) {
    if (next.done) return [losses, next.value];
    if (next.value.type === "evaluation") losses.push(next.value.loss);
  }
}

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
