/**
 * Training steps of a small Baichuan2: C 512, 8 layers, F 1376, 8 heads, 8192 tokens, batches of 8 texts of 256, float32, random
 * weights: `pnpm bench finetune step [--steps=5] [--only=LoRA]
 * [--json]`.
 *
 * Tokens a second (medians; the variants take turns), the share of onnxruntime's time in matrix products, and peak memory. The
 * README has what PyTorch did with the same step, in turns with these.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { expectedTensors, readModelConfig, type ModelConfig } from "@baichuan2/model";
import { adapterKeys } from "../src/lora/adapter-parameters.ts";
import { newAdapter } from "../src/lora/new-adapter.ts";
import type { Batch } from "../src/network/batch.ts";
import { LAYER_WEIGHTS, OUTSIDE_WEIGHTS } from "../src/network/trained-parameters.ts";
import { TrainingNetwork } from "../src/network/training-network.ts";
import { AdamW } from "../src/optim/adamw.ts";
import { StepRunner } from "../src/trainer/step-runner.ts";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  },
});

const [TEXTS, LENGTH] = [8, 256];
const config: ModelConfig = readModelConfig(
  {
    architectures: ["BaichuanForCausalLM"],
    hidden_size: 512,
    intermediate_size: 1376,
    num_attention_heads: 8,
    num_hidden_layers: 8,
    vocab_size: 8192,
    model_max_length: LENGTH,
  },
  "bench",
);

let state = 1;
const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;

function randomWeights(): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  for (const [name, shape] of expectedTensors(config)) {
    const size = shape.reduce((product, dim) => product * dim, 1);
    const isNorm = shape.length === 1;
    weights.set(
      name,
      Float32Array.from({ length: size }, () => (isNorm ? 1 : 0.04 * (next() - 0.5))),
    );
  }
  return weights;
}

function randomBatch(): Batch {
  const inputIds = Int32Array.from({ length: TEXTS * LENGTH }, () => 3 + Math.floor(next() * 8000));
  const segments = new Int32Array(inputIds.length).fill(1);
  return { inputIds, labels: inputIds, segments, length: LENGTH };
}

interface Variant {
  readonly title: string;
  readonly recompute: boolean;
  readonly usesLora: boolean;
}

const variants: readonly Variant[] = [
  { title: "full, activations kept", recompute: false, usesLora: false },
  { title: "full, recomputed", recompute: true, usesLora: false },
  { title: "LoRA, activations kept", recompute: false, usesLora: true },
  { title: "LoRA, recomputed", recompute: true, usesLora: true },
];

interface OpenVariant extends Variant {
  readonly runner: StepRunner;
  readonly network: TrainingNetwork;
  readonly profileDir: string;
  readonly seconds: number[];
}

async function open(variant: Variant): Promise<OpenVariant> {
  const profileDir = await mkdtemp(join(tmpdir(), "finetune-bench-"));
  const weights = randomWeights();
  const lora = {
    rank: 8,
    alpha: 32,
    useRslora: false,
    dropout: 0,
    targetModules: ["W_pack"],
    seed: 1,
  };
  const adapter = variant.usesLora ? newAdapter(config, lora) : undefined;
  for (const [name, values] of adapter?.parameters ?? []) weights.set(name, values);
  const network = await TrainingNetwork.create(config, await createOrtNodeBackend({ profileDir }), {
    recompute: variant.recompute,
    trained: adapter ? adapterKeys(adapter.targets) : LAYER_WEIGHTS,
    trainedOutside: adapter ? [] : OUTSIDE_WEIGHTS,
    lora: adapter?.targets,
  });
  const optimizer = new AdamW({ beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 1e-4 });
  const runner = new StepRunner(network, weights, optimizer, {
    accumulation: 1,
    normalization: "batches",
    maxGradNorm: 1,
    zLossWeight: 0,
    decaysNorms: false,
  });
  return { ...variant, runner, network, profileDir, seconds: [] };
}

/** Share of the kernels' time in matrix products. */
async function productShare(profileDir: string): Promise<number> {
  let [products, all] = [0, 0];
  for (const file of await readdir(profileDir)) {
    const text = await readFile(join(profileDir, file), "utf8");
    const events = JSON.parse(text) as {
      readonly cat: string;
      readonly name: string;
      readonly dur: number;
      readonly args?: { readonly op_name?: string };
    }[];
    for (const { cat, name, dur, args } of events) {
      if (cat !== "Node" || !name.endsWith("_kernel_time")) continue;
      all += dur;
      if (args?.op_name?.includes("MatMul")) products += dur;
    }
  }
  return products / all;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

const chosen = variants.filter(({ title }) => title.includes(flags.only));
const opened = await Promise.all(chosen.map(open));
for (let step = 0; step <= Number(flags.steps); step++)
  for (const { runner, seconds } of opened) {
    const start = performance.now();
    await runner.step({ step: step + 1, batches: [randomBatch()], learningRate: 1e-4 });
    if (step > 0) seconds.push((performance.now() - start) / 1e3); // the first one compiles
  }
const peak = process.resourceUsage().maxRSS * 1024;
const rows = [];
for (const { title, network, profileDir, seconds } of opened) {
  await network.dispose();
  const tokensPerSecond = (TEXTS * LENGTH) / median(seconds);
  rows.push({
    title,
    tokensPerSecond,
    secondsPerStep: median(seconds),
    products: await productShare(profileDir),
  });
  await rm(profileDir, { recursive: true });
}
if (flags.json) process.stdout.write(`${JSON.stringify({ rows, peakBytes: peak })}\n`);
else {
  for (const { title, tokensPerSecond, secondsPerStep, products } of rows)
    process.stdout.write(
      `${title.padEnd(24)} ${tokensPerSecond.toFixed(0).padStart(5)} tok/s  ${secondsPerStep.toFixed(2)} s a step  ${(100 * products).toFixed(0)} % in products\n`,
    );
  process.stdout.write(`peak memory of all together: ${(peak / 1e9).toFixed(2)} GB\n`);
}
