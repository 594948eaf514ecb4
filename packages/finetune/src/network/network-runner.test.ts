import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { expectedTensors, readModelConfig } from "@baichuan2/model";
import { describe, expect, it } from "vitest";
import { collate } from "../data/collate.ts";
import { adapterKeys } from "../lora/adapter-parameters.ts";
import { newAdapter } from "../lora/new-adapter.ts";
import { relativeError } from "./__fixtures__/golden-trainer.ts";
import { Gradients } from "./gradients.ts";
import { joinParameters, type Parameters } from "./parameters.ts";
import { LAYER_WEIGHTS, OUTSIDE_WEIGHTS } from "./trained-parameters.ts";
import { TrainingNetwork, type TrainingNetworkOptions } from "./training-network.ts";

const config = readModelConfig(
  {
    architectures: ["BaichuanForCausalLM"],
    hidden_size: 32,
    intermediate_size: 48,
    num_attention_heads: 2,
    num_hidden_layers: 3,
    vocab_size: 24,
    max_position_embeddings: 64,
    pad_token_id: 0,
  },
  "small",
);

const waves = (size: number, seed: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => 0.2 * Math.sin(seed + 1.7 * i));

const weights = new Map(
  [...expectedTensors(config)].map(([name, shape], seed) => [
    name,
    waves(
      shape.reduce((product, dim) => product * dim, 1),
      seed,
    ),
  ]),
);

const adapter = newAdapter(config, {
  rank: 2,
  alpha: 4,
  useRslora: false,
  dropout: 0.25,
  targetModules: ["W_pack", "down_proj"],
  seed: 1,
});

const ids = (length: number): number[] => Array.from({ length }, (_, i) => 1 + ((7 * i) % 20));
const batch = collate(
  [
    [{ inputIds: ids(9), labels: [-100, -100, ...ids(9).slice(2)] }],
    [{ inputIds: ids(6), labels: ids(6) }],
  ],
  { maxLength: 64, padTokenId: 0 },
);

async function gradientsOf(
  options: TrainingNetworkOptions,
  parameters: Parameters,
): Promise<{ readonly loss: number; readonly gradients: Gradients }> {
  await using network = await TrainingNetwork.create(config, await createOrtNodeBackend(), options);
  const gradients = new Gradients();
  const { loss } = await network.run(
    {
      batch,
      parameters,
      head: await network.preparedHead(parameters),
      weights: { loss: 0.1, zLoss: 0.01 },
      dropout: (layer, key, mask) => {
        for (let i = 0; i < mask.length; i++)
          mask[i] = (i + layer + key.length) % 4 === 0 ? 0 : 4 / 3;
      },
    },
    gradients,
  );
  await network.finish(parameters, gradients);
  return { loss, gradients };
}

const full = {
  trained: LAYER_WEIGHTS,
  trainedOutside: OUTSIDE_WEIGHTS,
  hasZLoss: true,
};
const lora = {
  trained: adapterKeys(adapter.targets),
  trainedOutside: [],
  lora: adapter.targets,
  isHeadNormalized: true,
  hasZLoss: true,
};

describe.each([
  ["all weights", full, { get: (name: string) => weights.get(name) }],
  [
    "an adapter with dropout",
    lora,
    joinParameters(adapter.parameters, { get: (name) => weights.get(name) }),
  ],
] as const)("gradients of %s", (_title, options, parameters) => {
  it.each([
    ["kept in one session", parameters],
    ["kept layer by layer, where weights are decoded", { ...parameters, areDecoded: true }],
  ])("are the same with activations %s, and computed again", async (_how, kept) => {
    const again = await gradientsOf({ ...options, recompute: true }, parameters);
    const got = await gradientsOf({ ...options, recompute: false }, kept);
    expect(got.loss).toBeCloseTo(again.loss, 4);
    const names = [...again.gradients.entries()].map(([name]) => name);
    expect([...got.gradients.entries()].map(([name]) => name).toSorted()).toEqual(names.toSorted());
    for (const name of names) {
      const expected = again.gradients.get(name) ?? new Float32Array();
      expect(
        expected.some((value) => value !== 0),
        name,
      ).toBe(!/lora_A/.test(name));
      if (/lora_A/.test(name)) continue; // B is zero at first, and so is the gradient of A
      expect(relativeError(got.gradients.get(name) ?? [], expected), name).toBeLessThan(1e-5);
    }
  });
});
