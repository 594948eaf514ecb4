import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import type { ModelConfig } from "@baichuan2/model";
import type { Batch } from "../network/batch.ts";
import { TrainingNetwork } from "../network/training-network.ts";
import { AdamW } from "../optim/adamw.ts";
import { networkOptions } from "./network-options.ts";
import { openParameters } from "./open-parameters.ts";
import { StepRunner } from "./step-runner.ts";
import type { TrainingArguments } from "./training-arguments.ts";
import type { OpenBaseOptions } from "./open-base.ts";

/**
 * Seconds of an optimizer step, measured: steps over networks of one and of two layers with random weights of the same shape and
 * number type, the second step of each; the other layers take what the second one takes.
 *
 * @param batches - Batches of a usual step.
 */
export async function measureStep(
  args: TrainingArguments,
  config: ModelConfig,
  batches: readonly Batch[],
  options: OpenBaseOptions,
): Promise<number> {
  const [batch] = batches;
  if (!batch) return 0;
  const one = await secondsWith(1, { args, config, batch, options });
  const two = await secondsWith(2, { args, config, batch, options });
  return batches.length * (one + (config.numHiddenLayers - 1) * Math.max(0, two - one));
}

interface Probe {
  readonly args: TrainingArguments;
  readonly config: ModelConfig;
  readonly batch: Batch;
  readonly options: OpenBaseOptions;
}

async function secondsWith(
  layers: number,
  { args, config: whole, batch, options }: Probe,
): Promise<number> {
  const config = { ...whole, numHiddenLayers: layers };
  const { zLossWeight } = config;
  const source = { kind: "synthetic", config, seed: 1 } as const;
  const { parameters, adapter } = await openParameters(args, source, options);
  const facts = { zLossWeight, adapter, threads: options.threads };
  const backend = await createOrtNodeBackend();
  await using network = await TrainingNetwork.create(config, backend, networkOptions(args, facts));
  const optimizer = new AdamW({ beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 });
  const runner = new StepRunner(network, parameters, optimizer, {
    accumulation: 1,
    normalization: "batches",
    maxGradNorm: 1,
    zLossWeight,
    decaysNorms: false,
  });
  let seconds = 0;
  for (let step = 1; step <= 2; step++) {
    const begun = performance.now();
    await runner.step({ step, batches: [batch], learningRate: 0, signal: options.signal });
    seconds = (performance.now() - begun) / 1e3;
  }
  return seconds;
}
