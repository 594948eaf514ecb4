import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadModel, type LoadModelOptions } from "../load-model.ts";
import {
  smallConfig,
  writeFloatCheckpoint,
} from "../quantize/__fixtures__/write-float-checkpoint.ts";

const ids = [1, 40, 7, 93, 21];

let directory = "";
let checkpoint = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "packed-model-"));
  checkpoint = join(directory, "checkpoint");
  // Sizes that int4's blocks of 64 fit.
  const config = { ...smallConfig, hidden_size: 128, intermediate_size: 256, vocab_size: 128 };
  await writeFloatCheckpoint(checkpoint, { config });
  await rm(join(checkpoint, "tokenizer.model")); // ids only
});
afterEach(() => rm(directory, { recursive: true }));

/** Logits of a text, and whether weights were read for them. */
async function load(
  path: string,
  options: LoadModelOptions,
): Promise<{ logits: Float32Array; readWeights: boolean }> {
  let readWeights = false;
  const onProgress = (): void => void (readWeights = true);
  await using model = await loadModel(path, { ...options, onProgress });
  return { logits: (await model.logits(ids)).data, readWeights };
}

describe("a quantized model with a folder for packed weights", () => {
  it.each(["int4", "nf4", "int8"] as const)(
    "reads no weight when %s is loaded again, and gives the same bits as without",
    async (dtype) => {
      const packedCacheDir = join(directory, "packed");
      const plain = await load(checkpoint, { dtype });
      const first = await load(checkpoint, { dtype, packedCacheDir });
      const second = await load(checkpoint, { dtype, packedCacheDir });
      expect([first.readWeights, second.readWeights]).toEqual([true, false]);
      expect(first.logits).toEqual(plain.logits);
      expect(second.logits).toEqual(plain.logits);
    },
  );

  it("reads the weights of a checkpoint that was written anew", async () => {
    const packedCacheDir = join(directory, "packed");
    const copy = join(directory, "copy");
    await cp(checkpoint, copy, { recursive: true });
    await load(copy, { dtype: "int4", packedCacheDir });
    await cp(checkpoint, copy, { recursive: true, force: true }); // other times, same content
    expect((await load(copy, { dtype: "int4", packedCacheDir })).readWeights).toBe(true);
  });

  it("keeps nothing of float32, nor of a traced model", async () => {
    const packedCacheDir = join(directory, "packed");
    await load(checkpoint, { packedCacheDir });
    await load(checkpoint, { dtype: "int4", trace: true, packedCacheDir });
    expect(await readdir(directory)).toEqual(["checkpoint"]);
  });

  it("loads all the same, with a warning, when the folder cannot be used", async () => {
    const file = join(directory, "file");
    await writeFile(file, "");
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const { logits } = await load(checkpoint, { dtype: "int4", packedCacheDir: file });
    expect(logits.length).toBeGreaterThan(0);
    expect((await warned).name).toBe("WeightCacheWarning");
  });
});
