import {
  createReferenceBackend,
  type Backend,
  type CompileOptions,
  type Graph,
} from "@baichuan2/kernels";
import { readModelConfig } from "@baichuan2/model";
import { expect, it } from "vitest";
import { collate } from "../data/collate.ts";
import { Gradients } from "./gradients.ts";
import { TrainingNetwork } from "./training-network.ts";

const config = readModelConfig(
  {
    architectures: ["BaichuanForCausalLM"],
    hidden_size: 8,
    intermediate_size: 8,
    num_attention_heads: 2,
    num_hidden_layers: 1,
    vocab_size: 16,
    max_position_embeddings: 256,
    pad_token_id: 0,
  },
  "small",
);

/** Counts what is alive. */
function counting(): { readonly backend: Backend; readonly alive: () => number } {
  const inner = createReferenceBackend();
  let alive = 0;
  const backend: Backend = {
    name: inner.name,
    async compile(graph: Graph, weights, options?: CompileOptions) {
      const executable = await inner.compile(graph, weights, options);
      alive += 1;
      const dispose = async (): Promise<void> => {
        alive -= 1;
        await executable.dispose();
      };
      const run: typeof executable.run = (...given) => executable.run(...given);
      return { run, dispose, [Symbol.asyncDispose]: dispose };
    },
  };
  return { backend, alive: () => alive };
}

it("sessions of few lengths are kept, those of a length that comes back are made again", async () => {
  const { backend, alive } = counting();
  const network = await TrainingNetwork.create(config, backend, {
    recompute: true,
    trained: [],
    trainedOutside: [],
  });
  const heads = alive();
  const ones = new Map<string, Float32Array>();
  const parameters = { get: (name: string) => ones.get(name) ?? filled(name) };
  const filled = (name: string): Float32Array => {
    const size = /norm/.test(name)
      ? 8
      : /W_pack/.test(name)
        ? 192
        : /embed|lm_head/.test(name)
          ? 128
          : 64;
    ones.set(name, new Float32Array(size).fill(0.1));
    return parameters.get(name);
  };
  const losses: number[] = [];
  for (const length of [10, 40, 70, 10]) {
    const ids = Array.from({ length }, (_, i) => 1 + (i % 15));
    const batch = collate([[{ inputIds: ids, labels: ids }]], { maxLength: 256, padTokenId: 0 });
    const head = await network.preparedHead(parameters);
    const run = { batch, parameters, head, weights: { loss: 1, zLoss: 0 } };
    losses.push((await network.run(run, new Gradients())).loss);
    expect(alive() - heads).toBeLessThanOrEqual(4); // two directions of two lengths
  }
  expect(losses[3]).toBe(losses[0]);
  await network.dispose();
  expect(alive()).toBe(0);
});
