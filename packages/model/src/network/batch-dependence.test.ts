import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { createNodeQuantPool } from "@baichuan2/quant/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import {
  smallConfig,
  writeFloatCheckpoint,
} from "../quantize/__fixtures__/write-float-checkpoint.ts";
import { checkpointWeights } from "./checkpoint-weights.ts";
import { Decoder, type BatchItem } from "./decoder.ts";
import { planWeights, type WeightDtype } from "./weight-plan.ts";

/** Sums in another order: 1.2e-6 was seen. */
const FLOAT_ROUNDING = 1e-5;

/** Such a difference may flip a step of an int8 activation: 5e-3 was seen. */
const FLIPPED_STEPS = 2e-2;

const pool = createNodeQuantPool({ threads: 1 });
let path = "";
beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), "batch-dependence-"));
  let state = 1;
  await writeFloatCheckpoint(path, {
    config: { ...smallConfig, hidden_size: 128, intermediate_size: 256, vocab_size: 400 },
    edit: (name, values) => {
      for (let i = 0; i < values.length; i++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        const noise = state / 2 ** 32 - 0.5;
        // A few gains of 6: activations have outliers, in some rows only
        if (name.includes("norm")) values[i] = (i % 37 === 0 ? 6 : 1) + 0.2 * noise;
        else values[i] = 0.3 * noise;
      }
    },
  });
});
afterAll(async () => {
  await pool.dispose();
  await rm(path, { recursive: true });
});

const ids = (count: number, step: number) =>
  Array.from({ length: count }, (_, i) => (i * step + 11) % 400);
const prompt = ids(24, 37);
const other = ids(17, 91);

async function createDecoder(dtype: WeightDtype, deterministic = false): Promise<Decoder> {
  await using checkpoint = await openCheckpoint(path);
  const { config, tensors } = checkpoint;
  const plan = planWeights({ path, tensors, linears: new Map() }, { dtype });
  const weights = checkpointWeights(checkpoint, { plan, pool });
  const backend = await createOrtNodeBackend();
  return await Decoder.create(config, backend, weights, { ...plan, deterministic });
}

/** Relative rms of a prompt's logits: beside another prompt, and in pieces of 7, 1 and 16 tokens, against at once. */
async function differences(dtype: WeightDtype): Promise<{ shared: number; cut: number }> {
  await using decoder = await createDecoder(dtype);
  const run = async (...texts: readonly (readonly number[])[]): Promise<ArrayLike<number>> => {
    const items = texts.map((tokenIds) => {
      return { sequence: decoder.createSequence(), tokenIds, logits: "all" } as const;
    });
    return (await decoder.forward(items))[0] ?? [];
  };
  const alone = await run(prompt);
  const sequence = decoder.createSequence();
  const pieces: number[] = [];
  for (const tokenIds of [prompt.slice(0, 7), prompt.slice(7, 8), prompt.slice(8)]) {
    const [logits] = await decoder.forward([{ sequence, tokenIds, logits: "all" }]);
    pieces.push(...(logits ?? []));
  }
  const error = (got: ArrayLike<number>): number => {
    let [errors, squares] = [0, 0];
    for (let i = 0; i < alone.length; i++) {
      errors += ((got[i] ?? NaN) - (alone[i] ?? NaN)) ** 2;
      squares += (alone[i] ?? NaN) ** 2;
    }
    return Math.sqrt(errors / squares);
  };
  return { shared: error(await run(prompt, other)), cut: error(pieces) };
}

describe("logits of a prompt that shares a run, or is cut in pieces", () => {
  it("differ by float rounding in float32", async () => {
    const { shared, cut } = await differences("float32");
    expect(shared).toBeLessThan(FLOAT_ROUNDING);
    expect(cut).toBeLessThan(FLOAT_ROUNDING);
  });

  it.each(["nf4", "int4"] as const)(
    "differ with %s by what float rounding flips: activations are rounded row by row",
    async (dtype) => {
      const { shared, cut } = await differences(dtype);
      expect(shared).toBeLessThan(FLIPPED_STEPS);
      expect(cut).toBeLessThan(FLIPPED_STEPS);
    },
  );

  it("differ with LLM.int8(), as in the original: outlier columns are those of any row in the run", async () => {
    const { shared, cut } = await differences("int8");
    expect(shared).toBeGreaterThan(1e-3);
    expect(cut).toBeGreaterThan(1e-3);
  });
});

describe("a deterministic decoder", () => {
  it.each(["float32", "nf4", "int4", "int8"] as const)(
    "gives a text of %s the same bits alone and as one of eight that come and go",
    async (dtype) => {
      await using decoder = await createDecoder(dtype, true);
      const text = decoder.createSequence();
      const alone: Float32Array[] = [];
      for (const tokenIds of [prompt, [3], [1], [4]])
        alone.push(...(await decoder.forward([{ sequence: text, tokenIds, logits: "all" }])));
      decoder.free(text);

      const others = Array.from({ length: 7 }, () => decoder.createSequence());
      const shared: Float32Array[] = [];
      for (const [step, tokenIds] of [prompt, [3], [1], [4]].entries()) {
        const batch = others.map((sequence, index): BatchItem => {
          return { sequence, tokenIds: ids(1 + ((index * step) % 5), 13 + index), logits: "last" };
        });
        batch.splice(step, 0, { sequence: text, tokenIds, logits: "all" });
        shared.push((await decoder.forward(batch))[step] ?? new Float32Array());
        for (const sequence of others.slice(step, step + 2)) decoder.free(sequence);
      }
      expect(shared).toEqual(alone);
    },
  );
});
