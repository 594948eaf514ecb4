import {
  f32,
  type Backend,
  type CompileOptions,
  type Executable,
  type Graph,
  type Tensor,
} from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";
import {
  addLosses,
  countedRows,
  logitsRows,
  lossFeeds,
  lossOf,
  type BatchLoss,
  type CountedRows,
  type LossWeights,
} from "./batch-loss.ts";
import type { Batch } from "./batch.ts";
import { floatsOf } from "./floats-of.ts";
import type { Gradients } from "./gradients.ts";
import { buildHeadGraph, HEAD_WEIGHTS } from "./head-graph.ts";
import { noWeights } from "./no-weights.ts";
import { buildNormHead, buildNormHeadGradient } from "./norm-head-graphs.ts";
import { FINAL_NORM, LM_HEAD, parameterOf, type Parameters } from "./parameters.ts";

/** A run of the head. */
export interface HeadRun {
  readonly batch: Batch;
  /** Output of the last layer; `[T, C]`. */
  readonly x: Tensor;
  readonly parameters: Parameters;
  /** The head as it is multiplied with: `prepare`. */
  readonly head: Float32Array;
  readonly weights: LossWeights;
  readonly signal?: AbortSignal | undefined;
}

/** The head's sessions. */
interface HeadSessions {
  /** Loss alone. */
  readonly loss: Executable;
  /** Loss and gradients. */
  readonly gradient: Executable;
  /** The normalisation and its gradient; undefined where the head is normalised already. */
  readonly norm: { readonly forward: Executable; readonly backward: Executable } | undefined;
}

/** How the head runs. */
export interface HeadOptions extends CompileOptions {
  readonly trained: readonly string[];
  readonly isNormalized?: boolean | undefined;
  /** Whether runs may give the z-loss a weight, which costs two more passes over the logits; default: no. */
  readonly hasZLoss?: boolean | undefined;
}

/** Final norm, head and loss: the rows that count, in pieces, so that their logits stay small. */
export class HeadRunner {
  readonly #config: ModelConfig;
  readonly #trained: readonly (typeof HEAD_WEIGHTS)[number][];
  readonly #hasZLoss: boolean;
  readonly #sessions: HeadSessions;

  private constructor(
    config: ModelConfig,
    { trained, hasZLoss = false }: HeadOptions,
    sessions: HeadSessions,
  ) {
    this.#config = config;
    this.#trained = trainedWeights(trained);
    this.#hasZLoss = hasZLoss;
    this.#sessions = sessions;
  }

  /** Compiles the graphs. */
  static async create(
    config: ModelConfig,
    backend: Backend,
    options: HeadOptions,
  ): Promise<HeadRunner> {
    const { trained, hasZLoss = false, isNormalized = false } = options;
    const compile = (graph: Graph): Promise<Executable> =>
      backend.compile(graph, noWeights, options);
    const wrt = ["x", ...trainedWeights(trained)] as const;
    const loss = await compile(buildHeadGraph(config, { wrt: [], hasZLoss }));
    const gradient = await compile(buildHeadGraph(config, { wrt, hasZLoss }));
    if (isNormalized) return new HeadRunner(config, options, { loss, gradient, norm: undefined });
    const forward = await compile(buildNormHead(config));
    const backward = await compile(buildNormHeadGradient(config));
    const norm = { forward, backward };
    return new HeadRunner(config, options, { loss, gradient, norm });
  }

  /** The head as the network multiplies with it: rows of unit length (NormHead). */
  async prepare(parameters: Parameters): Promise<Float32Array> {
    const { norm } = this.#sessions;
    const weight = parameterOf(parameters, LM_HEAD);
    if (!norm) return weight;
    return floatsOf(await norm.forward.run({ weight: this.#matrix(weight) }), "normalized");
  }

  /** Takes the sum of the head's gradients through the normalisation; to be called once for all batches of a step. */
  async finish(parameters: Parameters, gradients: Gradients): Promise<void> {
    const { norm } = this.#sessions;
    const gradient = gradients.get(LM_HEAD);
    if (!gradient || !norm) return;
    const results = await norm.backward.run({
      weight: this.#matrix(parameterOf(parameters, LM_HEAD)),
      dnormalized: this.#matrix(gradient),
    });
    gradients.replace(LM_HEAD, floatsOf(results, "dweight"));
  }

  /**
   * Loss of a batch; adds the gradients of the head's trained weights, where they are wanted.
   *
   * @returns also the derivatives by `x`.
   */
  async run(
    run: HeadRun,
    gradients: Gradients | undefined,
  ): Promise<BatchLoss & { readonly dx: Tensor }> {
    const { hiddenSize } = this.#config;
    const counted = countedRows(run.batch, run.weights);
    const dx = new Float32Array(run.x.data.length);
    let total: BatchLoss = { loss: 0, squares: 0, labels: 0 };
    const size = logitsRows(this.#config);
    for (let start = 0; start < counted.rows.length; start += size) {
      run.signal?.throwIfAborted();
      const rows = counted.rows.subarray(start, start + size);
      const labels = counted.labels.subarray(start, start + size);
      const results = await this.#runPiece(run, { rows, labels }, gradients !== undefined);
      total = addLosses(total, lossOf(results, labels, run.weights));
      if (!gradients) continue;
      putRows(dx, rows, floatsOf(results, "d.x"), hiddenSize);
      for (const name of this.#trained) gradients.add(name, floatsOf(results, `d.${name}`));
    }
    return { ...total, dx: f32(dx, run.x.shape) };
  }

  async dispose(): Promise<void> {
    const { loss, gradient, norm } = this.#sessions;
    await Promise.all([
      loss.dispose(),
      gradient.dispose(),
      norm?.forward.dispose(),
      norm?.backward.dispose(),
    ]);
  }

  #runPiece(
    { x, parameters, head, weights }: HeadRun,
    { rows, labels }: CountedRows,
    isTrained: boolean,
  ): Promise<Record<string, Tensor>> {
    const { hiddenSize: C } = this.#config;
    const { loss, gradient } = this.#sessions;
    return (isTrained ? gradient : loss).run({
      x: f32(takeRows(x.data as Float32Array, rows, C), [rows.length, C]),
      [FINAL_NORM]: f32(parameterOf(parameters, FINAL_NORM), [C]),
      [LM_HEAD]: this.#matrix(head),
      ...lossFeeds(labels, weights, { isTrained, hasZLoss: this.#hasZLoss }),
    });
  }

  #matrix(values: Float32Array): Tensor {
    return f32(values, [this.#config.vocabSize, this.#config.hiddenSize]);
  }
}

function trainedWeights(trained: readonly string[]): (typeof HEAD_WEIGHTS)[number][] {
  return HEAD_WEIGHTS.filter((name) => trained.includes(name));
}

function takeRows(from: Float32Array, rows: Int32Array, C: number): Float32Array {
  const taken = new Float32Array(rows.length * C);
  for (const [index, row] of rows.entries())
    taken.set(from.subarray(row * C, (row + 1) * C), index * C);
  return taken;
}

function putRows(into: Float32Array, rows: Int32Array, values: Float32Array, C: number): void {
  for (const [index, row] of rows.entries())
    into.set(values.subarray(index * C, (index + 1) * C), row * C);
}
