import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { openCheckpoint } from "@baichuan2/model";
import type { GoldenFile } from "@baichuan2/tooling/golden";
import { AdamW } from "../../optim/adamw.ts";
import { clipScale, gradientNorm } from "../../optim/clip.ts";
import type { Batch } from "../batch.ts";
import { Gradients } from "../gradients.ts";
import { readParameters } from "../read-parameters.ts";
import { TrainingNetwork, type TrainingNetworkOptions } from "../training-network.ts";

/** The golden batches: 4 texts of 24 tokens. */
const LENGTH = 24;
const TEXTS = 4;

/** What a golden run has. */
export interface GoldenRun {
  /** Folder of the model. */
  readonly path: string;
  /** Has the batches. */
  readonly batches: GoldenFile;
  readonly learningRate: number;
  readonly network: TrainingNetworkOptions;
  /** Besides the checkpoint's. */
  readonly parameters?: ReadonlyMap<string, Float32Array>;
}

/** A network with parameters and optimizer that is stepped over the golden batches. */
export class GoldenTrainer implements AsyncDisposable {
  readonly parameters: Map<string, Float32Array>;
  readonly #network: TrainingNetwork;
  readonly #run: GoldenRun;
  readonly #optimizer = new AdamW({ beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 1e-4 });

  private constructor(
    network: TrainingNetwork,
    parameters: Map<string, Float32Array>,
    run: GoldenRun,
  ) {
    this.#network = network;
    this.parameters = parameters;
    this.#run = run;
  }

  static async open(run: GoldenRun): Promise<GoldenTrainer> {
    await using checkpoint = await openCheckpoint(run.path);
    const parameters = await readParameters(checkpoint);
    for (const [name, values] of run.parameters ?? []) parameters.set(name, values.slice());
    const backend = await createOrtNodeBackend();
    const network = await TrainingNetwork.create(checkpoint.config, backend, run.network);
    return new GoldenTrainer(network, parameters, run);
  }

  /** Loss and gradients of a batch. */
  async gradients(step: number, zLoss = 0): Promise<{ loss: number; gradients: Gradients }> {
    const batch = batchOf(this.#run.batches, step);
    const labels = batch.labels.filter((label, i) => label >= 0 && i % LENGTH !== 0).length;
    const shifted = TEXTS * (LENGTH - 1);
    const gradients = new Gradients();
    const { parameters } = this;
    const head = await this.#network.preparedHead(parameters);
    const weights = { loss: 1 / labels, zLoss: zLoss / shifted };
    const result = await this.#network.run({ batch, parameters, head, weights }, gradients);
    await this.#network.finish(parameters, gradients);
    if (result.labels !== labels) throw new Error(`expected ${labels} labels`);
    return { loss: result.loss / labels + (zLoss * result.squares) / shifted, gradients };
  }

  /** An optimizer step with a batch. */
  async step(step: number): Promise<{ loss: number; norm: number }> {
    const { loss, gradients } = await this.gradients(step);
    const norm = gradientNorm(gradients.entries());
    this.#optimizer.begin();
    for (const [name, gradient] of gradients.entries())
      this.#optimizer.update(name, this.parameters.get(name) as Float32Array, gradient, {
        learningRate: this.#run.learningRate,
        gradientScale: clipScale(norm, 1),
        isDecayed: true,
      });
    return { loss, norm };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#network.dispose();
  }
}

function batchOf(golden: GoldenFile, step: number): Batch {
  const size = TEXTS * LENGTH;
  const of = (name: string): Int32Array =>
    golden.ints(`batches.${name}`).slice(step * size, (step + 1) * size);
  return {
    inputIds: of("input_ids"),
    labels: of("labels"),
    segments: of("attention_mask"),
    length: LENGTH,
  };
}

/** `‖actual − expected‖ / ‖expected‖`. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [errors, squares] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    errors += ((actual[i] ?? NaN) - (expected[i] ?? NaN)) ** 2;
    squares += (expected[i] ?? NaN) ** 2;
  }
  return Math.sqrt(errors / squares);
}

export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = actual.length === expected.length ? 0 : Infinity;
  for (let i = 0; i < expected.length; i++)
    largest = Math.max(largest, Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN)));
  return largest;
}
