import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { expectedTensors, philox4x32, readModelConfig, type ModelConfig } from "@baichuan2/model";
import { describe, expect, it } from "vitest";
import { collate } from "../data/collate.ts";
import { relativeError } from "./__fixtures__/golden-trainer.ts";
import type { Batch } from "./batch.ts";
import { Gradients } from "./gradients.ts";
import { LAYER_WEIGHTS, OUTSIDE_WEIGHTS } from "./trained-parameters.ts";
import { TrainingNetwork } from "./training-network.ts";

const shape = {
  architectures: ["BaichuanForCausalLM"],
  hidden_size: 32,
  intermediate_size: 48,
  num_attention_heads: 4,
  num_hidden_layers: 2,
  vocab_size: 64,
  pad_token_id: 0,
};

const rope = readModelConfig({ ...shape, max_position_embeddings: 64 }, "rope");
const alibi = readModelConfig({ ...shape, model_max_length: 64 }, "alibi");

/** Another number for each seed and place. */
function randomFloats(length: number, seed: number, spread: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const [word] = philox4x32([i, seed, 0, 0], [7, 7]);
    return spread * ((2 * word) / 2 ** 32 - 1);
  });
}

function randomWeights(config: ModelConfig): Map<string, Float32Array> {
  const named = [...expectedTensors(config)].map(([name, dims], seed) => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const values = randomFloats(size, seed, 0.3);
    return [name, dims.length === 1 ? values.map((value) => 1 + value) : values] as const;
  });
  return new Map(named);
}

/** A text of ids that no other has. */
function text(length: number, seed: number) {
  const ids = Array.from(randomFloats(length, 100 + seed, 1), (v) => 1 + Math.floor(31 * (v + 1)));
  return { inputIds: ids, labels: ids };
}

async function gradientsOf(
  network: TrainingNetwork,
  weights: Map<string, Float32Array>,
  batch: Batch,
) {
  const gradients = new Gradients();
  const head = await network.preparedHead(weights);
  const run = { batch, parameters: weights, head, weights: { loss: 1, zLoss: 0 } };
  const { loss } = await network.run(run, gradients);
  await network.finish(weights, gradients);
  return { loss, gradients };
}

describe.each([rope, alibi])("texts packed into a row ($positionScheme)", (config) => {
  it("have the loss and the gradients of texts in rows of their own", async () => {
    expect(config.positionScheme).toBe(config === rope ? "rope" : "alibi");
    const weights = randomWeights(config);
    await using network = await TrainingNetwork.create(config, await createOrtNodeBackend(), {
      recompute: true,
      trained: LAYER_WEIGHTS,
      trainedOutside: OUTSIDE_WEIGHTS,
    });
    const [a, b, c] = [text(9, 1), text(14, 2), text(6, 3)];
    const options = { maxLength: 32, padTokenId: 0 };
    const apart = await gradientsOf(network, weights, collate([[a], [b], [c]], options));
    const packed = await gradientsOf(network, weights, collate([[a, b, c]], options));
    expect(packed.loss / apart.loss).toBeCloseTo(1, 6);
    for (const [name, expected] of apart.gradients.entries())
      expect(relativeError(packed.gradients.get(name) ?? [], expected), name).toBeLessThan(1e-5);
  });

  it("would have others if they saw each other", async () => {
    const weights = randomWeights(config);
    await using network = await TrainingNetwork.create(config, await createOrtNodeBackend(), {
      recompute: true,
      trained: LAYER_WEIGHTS,
      trainedOutside: OUTSIDE_WEIGHTS,
    });
    const packed = collate([[text(9, 1), text(14, 2)]], { maxLength: 32, padTokenId: 0 });
    const joined = { ...packed, segments: packed.segments.map((segment) => Math.min(1, segment)) };
    const [right, wrong] = [
      await gradientsOf(network, weights, packed),
      await gradientsOf(network, weights, joined),
    ];
    expect(Math.abs(wrong.loss / right.loss - 1)).toBeGreaterThan(1e-3);
  });
});
