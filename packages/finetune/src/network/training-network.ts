import { f32, type Backend, type Tensor } from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";
import type { Batch } from "./batch.ts";
import type { Gradients } from "./gradients.ts";
import type { BatchLoss, LossWeights } from "./batch-loss.ts";
import { HeadRunner } from "./head-runner.ts";
import { sharedFeeds, type LayerFeeds, type SharedFeeds } from "./layer-feeds.ts";
import { LayerRunner, type LayerOutput, type LayerRunnerOptions } from "./layer-runner.ts";
import { fitsSession, NetworkRunner } from "./network-runner.ts";
import { EMBEDDINGS, parameterRow, type Parameters } from "./parameters.ts";

/** How a network is trained. */
export interface TrainingNetworkOptions extends LayerRunnerOptions {
  /** Trained parameters outside of the layers: of `EMBEDDINGS`, `FINAL_NORM` and `LM_HEAD`. */
  readonly trainedOutside: readonly string[];
  /** Whether the rows of the head have unit length already, as those of an inference graph do. */
  readonly isHeadNormalized?: boolean | undefined;
  /** Whether batches may give the z-loss a weight. */
  readonly hasZLoss?: boolean | undefined;
}

/** A batch and what it counts. */
export interface BatchRun extends LayerFeeds {
  readonly batch: Batch;
  /** The head of `preparedHead`. */
  readonly head: Float32Array;
  readonly weights: LossWeights;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The network in training: forwards and backwards over batches, with the parameters as inputs.
 *
 *   embeddings ── layer 0 ── … ── layer L-1 ── head, loss      states between layers are kept
 *        ◄─────── layer 0 ◄─ … ◄─ layer L-1 ◄──┘
 *
 * Layer by layer, so that a layer's weights and activations are there at a time; without `recompute` in one session, where the
 * weights are there anyway and the logits fit.
 */
export class TrainingNetwork implements AsyncDisposable {
  readonly config: ModelConfig;
  readonly #trainsEmbeddings: boolean;
  readonly #layers: LayerRunner;
  readonly #head: HeadRunner;
  /** Undefined where layers are computed again. */
  readonly #whole: NetworkRunner | undefined;

  private constructor(
    config: ModelConfig,
    { trainedOutside }: TrainingNetworkOptions,
    runners: {
      readonly layers: LayerRunner;
      readonly head: HeadRunner;
      readonly whole: NetworkRunner | undefined;
    },
  ) {
    this.config = config;
    this.#trainsEmbeddings = trainedOutside.includes(EMBEDDINGS);
    this.#layers = runners.layers;
    this.#head = runners.head;
    this.#whole = runners.whole;
  }

  /** Compiles the graphs. */
  static async create(
    config: ModelConfig,
    backend: Backend,
    options: TrainingNetworkOptions,
  ): Promise<TrainingNetwork> {
    const { trainedOutside: trained, threads, isHeadNormalized: isNormalized } = options;
    const { hasZLoss = false } = options;
    const layers = new LayerRunner(config, backend, options);
    const head = await HeadRunner.create(config, backend, {
      trained,
      isNormalized,
      hasZLoss,
      threads,
    });
    const whole = options.recompute
      ? undefined
      : new NetworkRunner(config, backend, { ...options, hasZLoss });
    return new TrainingNetwork(config, options, { layers, head, whole });
  }

  /** The head as it is multiplied with; to be computed again when its weight has changed. */
  preparedHead(parameters: Parameters): Promise<Float32Array> {
    return this.#head.prepare(parameters);
  }

  /** Runs a batch and adds its gradients to those of the step; `finish` completes them. */
  async run(run: BatchRun, gradients: Gradients): Promise<BatchLoss> {
    const shared = sharedFeeds(this.config, run.batch);
    const { areDecoded = false } = run.parameters;
    const isWhole = fitsSession(this.config, { rows: run.batch.inputIds.length, areDecoded });
    const whole = isWhole ? this.#whole : undefined;
    run.signal?.throwIfAborted();
    const { dx, ...loss } = whole
      ? await whole.run({ ...run, shared, x: this.#embed(run) }, gradients)
      : await this.#runLayers(run, shared, gradients);
    if (this.#trainsEmbeddings && dx) {
      const { vocabSize, hiddenSize, padTokenId } = this.config;
      const shape = [vocabSize, hiddenSize] as const;
      // PyTorch's `padding_idx`: the padding's embedding is not trained.
      gradients.addRows(EMBEDDINGS, shape, run.batch.inputIds, dx, padTokenId);
    }
    return loss;
  }

  /** Loss of a batch, forwards only. */
  async loss(run: BatchRun): Promise<BatchLoss> {
    const { states } = await this.#forward(run, sharedFeeds(this.config, run.batch));
    const { dx: _dx, ...loss } = await this.#head.run(
      { ...run, x: states.at(-1) as Tensor },
      undefined,
    );
    return loss;
  }

  /** The first layer, or the embeddings, whose output is not all numbers. */
  async firstBadLayer(run: BatchRun): Promise<string | undefined> {
    const { states } = await this.#forward(run, sharedFeeds(this.config, run.batch));
    const first = states.findIndex(({ data }) => !(data as Float32Array).every(Number.isFinite));
    if (first < 0) return undefined;
    return first === 0 ? "the embeddings" : `layer ${first - 1}`;
  }

  /** Completes the gradients once all batches of a step have run. */
  finish(parameters: Parameters, gradients: Gradients): Promise<void> {
    return this.#head.finish(parameters, gradients);
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#layers.dispose(), this.#head.dispose(), this.#whole?.dispose()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #runLayers(
    run: BatchRun,
    shared: SharedFeeds,
    gradients: Gradients,
  ): Promise<BatchLoss & { readonly dx: Float32Array }> {
    const { states, outputs } = await this.#forward(run, shared);
    const x = states.at(-1) as Tensor;
    const { dx, ...loss } = await this.#head.run({ ...run, x }, gradients);
    let dy = dx;
    for (let layer = this.config.numHiddenLayers - 1; layer >= 0; layer--) {
      run.signal?.throwIfAborted();
      const { carried } = outputs.pop() as LayerOutput;
      const layerRun = { ...run, layer, x: states[layer] as Tensor, shared };
      dy = await this.#layers.backward(layerRun, carried, dy, gradients);
    }
    return { ...loss, dx: dy.data as Float32Array };
  }

  async #forward(
    run: BatchRun,
    shared: SharedFeeds,
  ): Promise<{ states: Tensor[]; outputs: LayerOutput[] }> {
    const states = [this.#embed(run)];
    const outputs: LayerOutput[] = [];
    for (let layer = 0; layer < this.config.numHiddenLayers; layer++) {
      run.signal?.throwIfAborted();
      const x = states[layer] as Tensor;
      const output = await this.#layers.forward({ ...run, layer, x, shared });
      outputs.push(output);
      states.push(output.y);
    }
    return { states, outputs };
  }

  #embed({ batch: { inputIds }, parameters }: BatchRun): Tensor {
    const C = this.config.hiddenSize;
    const x = new Float32Array(inputIds.length * C);
    for (const [t, row] of inputIds.entries())
      x.set(parameterRow(parameters, { name: EMBEDDINGS, row, C }), t * C);
    return f32(x, [inputIds.length, C]);
  }
}
