import { fileURLToPath } from "node:url";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { openCheckpoint } from "@baichuan2/model";
import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collate } from "../data/collate.ts";
import type { Batch } from "../network/batch.ts";
import { readParameters } from "../network/read-parameters.ts";
import { LAYER_WEIGHTS, OUTSIDE_WEIGHTS } from "../network/trained-parameters.ts";
import { TrainingNetwork } from "../network/training-network.ts";
import { AdamW } from "../optim/adamw.ts";
import { StepRunner, type StepOptions } from "./step-runner.ts";
import { TrainingError } from "./training-error.ts";

/** A random model of 3 layers and 512 tokens. */
const t7 = fileURLToPath(
  new URL("../../../model/src/checkpoint/__fixtures__/t7-bin-bf16", import.meta.url),
);

let network: TrainingNetwork;
let weights: ReadonlyMap<string, Float32Array>;
beforeAll(async () => {
  await using checkpoint = await openCheckpoint(t7);
  weights = await readParameters(checkpoint);
  network = await TrainingNetwork.create(checkpoint.config, await createOrtNodeBackend(), {
    recompute: true,
    trained: LAYER_WEIGHTS,
    trainedOutside: OUTSIDE_WEIGHTS,
  });
});
afterAll(() => network.dispose());

const options: StepOptions = {
  accumulation: 1,
  normalization: "batches",
  maxGradNorm: 1,
  zLossWeight: 0,
  decaysNorms: true,
};

/** A runner over copies of the weights. */
function start(more: Partial<StepOptions> = {}): {
  runner: StepRunner;
  parameters: Map<string, Float32Array>;
} {
  const parameters = new Map([...weights].map(([name, values]) => [name, values.slice()]));
  const optimizer = new AdamW({ beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 1e-4 });
  return {
    runner: new StepRunner(network, parameters, optimizer, { ...options, ...more }),
    parameters,
  };
}

describeShared("accumulation as in PyTorch", "model/train/t7.manifest.json", () => {
  const golden = readGolden(sharedData("model/train/t7.manifest.json"));
  interface Accumulated {
    readonly run: readonly {
      readonly micro_losses: readonly number[];
      readonly grad_norm: number;
    }[];
  }

  it("of four batches of a row each: mean of their means", async () => {
    const { run } = golden.meta["accumulation4_5_steps"] as Accumulated;
    const { runner } = start({ accumulation: 4 });
    for (const [step, { micro_losses, grad_norm }] of run.entries()) {
      const batches = [0, 1, 2, 3].map((row): Batch => {
        const at = (4 * step + row) * 24;
        const of = (name: string): Int32Array => golden.ints(`batches.${name}`).slice(at, at + 24);
        const segments = of("attention_mask");
        return { inputIds: of("input_ids"), labels: of("labels"), segments, length: 24 };
      });
      const { loss, gradNorm } = await runner.step({
        step: step + 1,
        batches,
        learningRate: 2e-5,
      });
      const mean = micro_losses.reduce((sum, one) => sum + one, 0) / 4;
      expect(Math.abs(loss - mean)).toBeLessThan(1e-5);
      expect(Math.abs(gradNorm / grad_norm - 1)).toBeLessThan(1e-5);
    }
  });
});

const text = (length: number, first: number, labelled = length) => {
  const inputIds = Array.from({ length }, (_, i) => 4 + ((first + 7 * i) % 500));
  return { inputIds, labels: inputIds.map((id, i) => (i >= length - labelled ? id : -100)) };
};
const batchOf = (...texts: ReturnType<typeof text>[]): Batch =>
  collate(
    texts.map((one) => [one]),
    { maxLength: 64, padTokenId: 0 },
  );

describe("a step", () => {
  it("weighs all labels alike with tokens: two batches are one", async () => {
    const [long, short] = [text(30, 1), text(10, 2, 4)];
    const parts = start({ accumulation: 2, normalization: "tokens" });
    const whole = start();
    const learningRate = 1e-3;
    const got = await parts.runner.step({
      step: 1,
      batches: [batchOf(long), batchOf(short)],
      learningRate,
    });
    const expected = await whole.runner.step({
      step: 1,
      batches: [batchOf(long, short)],
      learningRate,
    });
    expect(got.loss).toBeCloseTo(expected.loss, 5);
    expect(got.gradNorm / expected.gradNorm).toBeCloseTo(1, 5);
  });

  it("learns: the loss of a text falls when it is shown again and again", async () => {
    const { runner } = start();
    const losses: number[] = [];
    for (let step = 1; step <= 8; step++)
      losses.push(
        (await runner.step({ step, batches: [batchOf(text(20, 3))], learningRate: 2e-3 })).loss,
      );
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? 0));
    expect(await runner.evaluate(8, batchOf(text(20, 3)))).toBeLessThan(losses.at(-1) ?? 0);
  });

  it("that is aborted changes nothing", async () => {
    const { runner, parameters } = start();
    const signal = AbortSignal.abort(new Error("enough"));
    const step = runner.step({ step: 1, batches: [batchOf(text(20, 3))], learningRate: 1, signal });
    await expect(step).rejects.toThrow("enough");
    expect(parameters).toEqual(weights);
  });

  it("without labels is refused with its number", async () => {
    const { runner } = start();
    const step = runner.step({ step: 7, batches: [batchOf(text(20, 3, 0))], learningRate: 1e-3 });
    await expect(step).rejects.toThrow(TrainingError);
    await expect(step).rejects.toThrow("step 7: expected a batch with labels");
  });

  it("whose loss is none names the layer where that began", async () => {
    const { runner, parameters } = start();
    parameters.get("model.layers.1.mlp.up_proj.weight")?.fill(NaN, 5, 6);
    const step = runner.step({ step: 3, batches: [batchOf(text(20, 3))], learningRate: 1e-3 });
    await expect(step).rejects.toThrow(
      "step 3: expected a finite loss, got NaN, first after layer 1",
    );
  });
});
