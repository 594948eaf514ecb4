import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planRun } from "./plan-run.ts";
import { parseTrainingArguments } from "./training-arguments.ts";

/** A random model of 3 layers, C 64, F 176 and 512 tokens. */
const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plan-"));
  const rows = Array.from({ length: 21 }, (_, i) => ({ instruction: `say ${i}`, output: `${i}` }));
  await writeFile(join(folder, "data.json"), JSON.stringify(rows));
});
afterAll(() => rm(folder, { recursive: true }));

const plan = (more: Record<string, unknown> = {}) =>
  planRun(
    parseTrainingArguments({
      model_name_or_path: tinyChat,
      data_path: join(folder, "data.json"),
      output_dir: join(folder, "out"),
      per_device_train_batch_size: 4,
      num_train_epochs: 2,
      ...more,
    }),
  );

describe("the plan of a run", () => {
  it("counts rows, steps and parameters, and writes nothing", async () => {
    const result = await plan();
    // 6 batches of up to 4 rows, twice
    expect(result).toMatchObject({ rows: 21, evaluationRows: 0, length: { totalSteps: 12 } });
    expect(result.trainedParameters).toBe(result.allParameters);
    expect(result.seconds).toBeCloseTo(12 * (result.secondsPerStep ?? NaN), 6);
    expect(await readdir(folder)).toEqual(["data.json"]);
  });

  it("has four numbers of float32 for each trained parameter", async () => {
    const { memory, trainedParameters, totalBytes } = await plan();
    const { weightsBytes, gradientsBytes, optimizerBytes } = memory;
    expect([weightsBytes, gradientsBytes, optimizerBytes]).toEqual(
      [4, 4, 8].map((bytes) => bytes * trainedParameters),
    );
    expect(totalBytes).toBe(Object.values(memory).reduce((sum, bytes) => sum + bytes, 0));
  });

  it("needs more for activations that are kept", async () => {
    const kept = await plan({ gradient_checkpointing: "False" });
    const recomputed = await plan();
    const { activationsBytes } = recomputed.memory;
    // states around 3 layers of a batch of 4 rows of 64 tokens, the least that texts of up to 512 are padded to
    expect(activationsBytes).toBe(4 * (4 * 64) * 64 * 4);
    expect(kept.memory.activationsBytes).toBeGreaterThan(4 * activationsBytes);
  });

  it("counts a quantized base as it is held", async () => {
    const [exact, nf4] = [
      await plan({ use_lora: true }),
      await plan({ use_lora: true, base_dtype: "nf4" }),
    ];
    expect(nf4.trainedParameters).toBe(3 * (64 + 3 * 64));
    expect(nf4.memory.weightsBytes).toBeLessThan(0.6 * exact.memory.weightsBytes);
    expect(nf4.secondsPerStep).toBeGreaterThan(0);
  });
});
