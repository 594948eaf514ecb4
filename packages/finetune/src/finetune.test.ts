import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finetune } from "./finetune.ts";
import type { TrainingEvent } from "./trainer/training-event.ts";
import { parseTrainingArguments, type TrainingArguments } from "./trainer/training-arguments.ts";

/** A random model of 3 layers and 512 tokens, with its tokenizer. */
const tinyChat = fileURLToPath(new URL("../../../apps/cli/fixtures/tiny-chat", import.meta.url));

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "finetune-reports-"));
  const rows = Array.from({ length: 4 }, (_, i) => ({ instruction: `say ${i}`, output: `${i}` }));
  await writeFile(join(folder, "data.json"), JSON.stringify(rows));
});
afterAll(() => rm(folder, { recursive: true }));

function args(name: string, more: Record<string, unknown> = {}): TrainingArguments {
  return parseTrainingArguments({
    model_name_or_path: tinyChat,
    data_path: join(folder, "data.json"),
    output_dir: join(folder, name),
    model_max_length: 32,
    max_steps: 4,
    per_device_train_batch_size: 2,
    logging_steps: 2,
    save_steps: 2,
    ...more,
  });
}

async function stepsOf(outputDir: string): Promise<number[]> {
  const text = await readFile(join(outputDir, "train_log.jsonl"), "utf8");
  const rows = text.trimEnd().split("\n");
  return rows.flatMap((line) => {
    const { type, step } = JSON.parse(line) as { type: string; step: number };
    return type === "step" ? [step] : [];
  });
}

describe("a run with its reports", () => {
  it("leaves log, event file and page, and goes on with them", async () => {
    const told: string[] = [];
    const callbacks = [
      { name: "mine", onEvent: ({ type }: TrainingEvent) => void told.push(type) },
    ];
    const given = args("out", { report_to: "tensorboard" });
    const events = await Array.fromAsync(finetune(given, { callbacks }));
    expect(told).toEqual(events.map(({ type }) => type));
    const names = await readdir(given.output_dir);
    expect(names).toEqual(expect.arrayContaining(["report.html", "runs", "train_log.jsonl"]));
    expect(await stepsOf(given.output_dir)).toEqual([1, 2, 3, 4]);
    const more = args("out", {
      max_steps: 5,
      resume_from_checkpoint: join(given.output_dir, "checkpoint-2"),
    });
    await Array.fromAsync(finetune(more));
    expect(await stepsOf(given.output_dir)).toEqual([1, 2, 3, 4, 5]);
  });

  it("that trains what another has made does not take over its log", async () => {
    const first = args("first", { max_steps: 3, save_strategy: "no" });
    await Array.fromAsync(finetune(first));
    const next = { model_name_or_path: first.output_dir, max_steps: 1, save_strategy: "no" };
    const second = args("second", next);
    await Array.fromAsync(finetune(second));
    expect(await stepsOf(second.output_dir)).toEqual([1]);
  });

  it('refuses report_to "wandb" without a callback, and tells how to pass one', async () => {
    const given = args("wandb", { report_to: "wandb" });
    await expect(finetune(given).next()).rejects.toThrow(
      /^report_to: expected a callback .* callbacks: \[\{ name: "wandb", onEvent.*--callback/,
    );
  });
});
