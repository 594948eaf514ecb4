/**
 * A QLoRA step on a published shape with random weights, NF4 by default: `pnpm bench finetune qlora [--shape=7b] [--dtype=nf4]
 * [--layers=32] [--length=256] [--steps=2] [--json]`.
 *
 * One text a step, an adapter of rank 8 on W_pack. Seconds of a step (median, without the first one, which compiles), tokens a second,
 * the time that decoding the base takes in it, and peak memory.
 */
import { parseArgs } from "node:util";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { publishedConfig, type ShapeName } from "@baichuan2/model";
import { isLayerKey, type Parameters } from "../src/network/parameters.ts";
import { TrainingNetwork } from "../src/network/training-network.ts";
import { AdamW } from "../src/optim/adamw.ts";
import { networkOptions } from "../src/trainer/network-options.ts";
import { openParameters } from "../src/trainer/open-parameters.ts";
import { StepRunner } from "../src/trainer/step-runner.ts";
import { parseTrainingArguments } from "../src/trainer/training-arguments.ts";

const { values: flags } = parseArgs({
  options: {
    shape: { type: "string", default: "7b" },
    dtype: { type: "string", default: "nf4" },
    layers: { type: "string" },
    length: { type: "string", default: "256" },
    steps: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
  },
});

const published = publishedConfig(flags.shape as ShapeName);
const config = {
  ...published,
  numHiddenLayers: Number(flags.layers ?? published.numHiddenLayers),
};
const args = parseTrainingArguments({
  model_name_or_path: flags.shape,
  data_path: "random",
  output_dir: "none",
  use_lora: true,
  lora_r: 8,
  base_dtype: flags.dtype,
});

let decodingMs = 0;
/** Counts the time that decoding takes. */
function timed(parameters: Parameters): Parameters {
  return {
    get(name) {
      const start = performance.now();
      const values = parameters.get(name);
      if (isLayerKey(name)) decodingMs += performance.now() - start;
      return values;
    },
    row: (name, row) => parameters.row?.(name, row),
  };
}

const loadStart = performance.now();
const open = await openParameters(args, { kind: "synthetic", config, seed: 1 }, {});
const loadSeconds = (performance.now() - loadStart) / 1e3;
const facts = { zLossWeight: 0, adapter: open.adapter };
const backend = await createOrtNodeBackend();
await using network = await TrainingNetwork.create(config, backend, networkOptions(args, facts));
const optimizer = new AdamW({ beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 1e-4 });
const runner = new StepRunner(network, timed(open.parameters), optimizer, {
  accumulation: 1,
  normalization: "batches",
  maxGradNorm: 1,
  zLossWeight: 0,
  decaysNorms: false,
});

const length = Number(flags.length);
const seconds: number[] = [];
const losses: number[] = [];
for (let step = 0; step <= Number(flags.steps); step++) {
  const inputIds = Int32Array.from(
    { length },
    (_, i) => 200 + ((i * 7919 + step * 104_729) % 100_000),
  );
  const batch = { inputIds, labels: inputIds, segments: new Int32Array(length).fill(1), length };
  decodingMs = 0;
  const start = performance.now();
  losses.push((await runner.step({ step: step + 1, batches: [batch], learningRate: 1e-4 })).loss);
  if (step > 0) seconds.push((performance.now() - start) / 1e3);
}
const median = seconds.toSorted((a, b) => a - b)[seconds.length >> 1] ?? NaN;
const row = {
  shape: flags.shape,
  layers: config.numHiddenLayers,
  dtype: flags.dtype,
  length,
  losses,
  loadSeconds,
  secondsPerStep: median,
  tokensPerSecond: length / median,
  decodingSeconds: decodingMs / 1e3,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
if (flags.json) process.stdout.write(`${JSON.stringify(row)}\n`);
else
  process.stdout.write(
    `${row.shape} ${row.dtype}, ${row.layers} layers, ${length} tokens: ${median.toFixed(1)} s a step (${row.tokensPerSecond.toFixed(2)} tok/s, ` +
      `${row.decodingSeconds.toFixed(1)} s of it decoding), peak ${(row.peakBytes / 1e9).toFixed(1)} GB, base made in ${loadSeconds.toFixed(0)} s\n`,
  );
