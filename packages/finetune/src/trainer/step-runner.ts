import { IGNORED, type Batch } from "../network/batch.ts";
import { Gradients } from "../network/gradients.ts";
import type { FillDropout } from "../network/layer-feeds.ts";
import { parameterOf, type Parameters } from "../network/parameters.ts";
import type { BatchLoss } from "../network/batch-loss.ts";
import type { BatchRun, TrainingNetwork } from "../network/training-network.ts";
import type { AdamW } from "../optim/adamw.ts";
import { clipScale, gradientNorm } from "../optim/clip.ts";
import { isDecayed } from "./decay-groups.ts";
import { TrainingError } from "./training-error.ts";

/** What a step keeps to. */
export interface StepOptions {
  /** Batches of a full step: the mean over batches divides by it, also where an epoch's last step has fewer. */
  readonly accumulation: number;
  /** `batches`: mean of each batch's mean, as transformers; `tokens`: mean over all labels of the step. */
  readonly normalization: "batches" | "tokens";
  /** 0: nothing is clipped. */
  readonly maxGradNorm: number;
  readonly zLossWeight: number;
  readonly decaysNorms: boolean;
}

/** What a step is made of. */
export interface StepInput {
  /** From 1. */
  readonly step: number;
  readonly batches: readonly Batch[];
  readonly learningRate: number;
  /** Dropout of one of the batches. */
  readonly dropoutOf?: ((batch: number) => FillDropout | undefined) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What came of a step. */
export interface StepResult {
  readonly loss: number;
  /** Before clipping. */
  readonly gradNorm: number;
  /** Tokens that have run, padding included. */
  readonly tokens: number;
}

/** Runs optimizer steps: gradients of some batches, clipping, AdamW. */
export class StepRunner {
  readonly #network: TrainingNetwork;
  readonly #parameters: Parameters;
  readonly #optimizer: AdamW;
  readonly #options: StepOptions;
  /** The head that is multiplied with, until its weight changes. */
  #head: Float32Array | undefined;

  /** @param parameters - Trained ones are updated in place. */
  constructor(
    network: TrainingNetwork,
    parameters: Parameters,
    optimizer: AdamW,
    options: StepOptions,
  ) {
    this.#network = network;
    this.#parameters = parameters;
    this.#optimizer = optimizer;
    this.#options = options;
  }

  /**
   * One optimizer step; parameters change at its very end, so that an abort leaves them as they were.
   *
   * @throws {TrainingError} if a batch has no labels, or a loss or gradient is not finite.
   */
  async step(input: StepInput): Promise<StepResult> {
    const gradients = new Gradients();
    const loss = await this.#accumulate(input, gradients);
    await this.#network.finish(this.#parameters, gradients);
    input.signal?.throwIfAborted();
    const gradNorm = gradientNorm(gradients.entries());
    if (!Number.isFinite(gradNorm)) throw this.#badGradient(input.step, gradients);
    this.#update(gradients, gradNorm, input.learningRate);
    const tokens = input.batches.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
    return { loss, gradNorm, tokens };
  }

  /**
   * Loss of a batch, forwards only.
   *
   * @param step - The step before, for errors.
   * @throws {TrainingError} if it has no labels, or its loss is not finite.
   */
  async evaluate(step: number, batch: Batch, signal?: AbortSignal): Promise<number> {
    const { zLossWeight } = this.#options;
    const count = countLabels(batch);
    if (count === 0) throw noLabels(step);
    const run: BatchRun = {
      ...(await this.#runOf(batch)),
      weights: { loss: 1, zLoss: zLossWeight },
      signal,
    };
    const mean = meanLoss(batch, await this.#network.loss(run), zLossWeight);
    if (!Number.isFinite(mean)) throw await this.#badLoss(step, run, mean);
    return mean;
  }

  async #accumulate(input: StepInput, gradients: Gradients): Promise<number> {
    const { accumulation, normalization, zLossWeight } = this.#options;
    const counts = input.batches.map(countLabels);
    const all = counts.reduce((sum, count) => sum + count, 0);
    let total = 0;
    for (const [index, batch] of input.batches.entries()) {
      const count = counts[index] ?? 0;
      if (count === 0) throw noLabels(input.step);
      const share = normalization === "tokens" ? count / all : 1 / accumulation;
      const run: BatchRun = {
        ...(await this.#runOf(batch)),
        weights: { loss: share / count, zLoss: (share * zLossWeight) / shiftedCount(batch) },
        dropout: input.dropoutOf?.(index),
        signal: input.signal,
      };
      const mean = meanLoss(batch, await this.#network.run(run, gradients), zLossWeight);
      if (!Number.isFinite(mean)) throw await this.#badLoss(input.step, run, mean);
      if (mean === 0) throw noLoss(input.step);
      total += mean * (normalization === "tokens" ? share : 1 / input.batches.length);
    }
    return total;
  }

  async #runOf(batch: Batch): Promise<Pick<BatchRun, "batch" | "parameters" | "head">> {
    this.#head ??= await this.#network.preparedHead(this.#parameters);
    return { batch, parameters: this.#parameters, head: this.#head };
  }

  #update(gradients: Gradients, norm: number, learningRate: number): void {
    const { maxGradNorm, decaysNorms } = this.#options;
    this.#optimizer.begin();
    for (const [name, gradient] of gradients.entries())
      this.#optimizer.update(name, parameterOf(this.#parameters, name), gradient, {
        learningRate,
        gradientScale: clipScale(norm, maxGradNorm),
        isDecayed: isDecayed(name, decaysNorms),
      });
    this.#head = undefined;
  }

  async #badLoss(step: number, run: BatchRun, loss: number): Promise<TrainingError> {
    const layer = await this.#network.firstBadLayer(run);
    const where = layer === undefined ? "behind the last layer" : `first after ${layer}`;
    const hint = "lower the learning rate, or look at the weights and data";
    return new TrainingError(step, "a finite loss", `${loss}, ${where}`, hint);
  }

  #badGradient(step: number, gradients: Gradients): TrainingError {
    const bad = [...gradients.entries()].filter(([, values]) => !values.every(Number.isFinite));
    const [name = "none, but their norm"] = bad.map(([key]) => key).toReversed();
    const hint = "lower the learning rate, or clip with max_grad_norm";
    return new TrainingError(step, "finite gradients", `others in ${name}`, hint);
  }
}

/** Positions that are followed by another one of their text. */
function shiftedCount({ inputIds, length }: Batch): number {
  return (inputIds.length / length) * (length - 1);
}

/** Mean over labels, and the z-loss over all shifted positions. */
function meanLoss(batch: Batch, { loss, squares, labels }: BatchLoss, zLossWeight: number): number {
  return loss / labels + (zLossWeight * squares) / shiftedCount(batch);
}

/** Labels that count: not that of a text's first token, which nothing predicts. */
function countLabels({ labels, length }: Batch): number {
  return labels.filter((label, i) => label !== IGNORED && i % length !== 0).length;
}

function noLabels(step: number): TrainingError {
  const hint = "no answer is left within model_max_length, or the data have none";
  return new TrainingError(step, "a batch with labels", "one where every position is masked", hint);
}

function noLoss(step: number): TrainingError {
  const hint = "every label has probability 1: look at the data, or at logits that overflow";
  return new TrainingError(step, "a loss above 0", "0", hint);
}
