import {
  f32,
  i32,
  type Backend,
  type CompileOptions,
  type Executable,
  type Graph,
  type Tensor,
} from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";
import { IGNORED, shiftedLabels, type Batch } from "./batch.ts";
import { floatsOf } from "./floats-of.ts";
import type { Gradients } from "./gradients.ts";
import { buildHeadGraph } from "./head-graph.ts";
import { noWeights } from "./no-weights.ts";
import { buildNormHead, buildNormHeadGradient } from "./norm-head-graphs.ts";
import { FINAL_NORM, LM_HEAD, parameterOf, type Parameters } from "./parameters.ts";

/** What a batch gave. */
export interface BatchLoss {
  /** Sum over positions with a label. */
  readonly loss: number;
  /** Sum of `(max logit)²` over shifted positions; 0 where the z-loss has no weight. */
  readonly squares: number;
  /** Positions with a label. */
  readonly labels: number;
}

/** What a batch counts. */
export interface LossWeights {
  /** Factor of the loss of each position with a label. */
  readonly loss: number;
  /** Factor of the z-loss of each shifted position, with a label or not. */
  readonly zLoss: number;
}

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

/** Logits of one run, in numbers: 128 MB. */
const MAX_LOGITS = 2 ** 25;

/** Rows of one run of the head. */
export function logitsRows({ vocabSize }: Pick<ModelConfig, "vocabSize">): number {
  return Math.max(1, Math.floor(MAX_LOGITS / vocabSize));
}

/** Weights of the head's graph, and the parameters that they are. */
const WEIGHTS = [
  ["norm.weight", FINAL_NORM],
  ["head.weight", LM_HEAD],
] as const;

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
  readonly #trained: readonly (typeof WEIGHTS)[number][];
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
    const wrt = ["x", ...trainedWeights(trained).map(([name]) => name)] as const;
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
    const labels = shiftedLabels(run.batch);
    const rows = countedRows(labels, run.batch.length, run.weights.zLoss !== 0);
    const dx = new Float32Array(run.x.data.length);
    const total = { loss: 0, squares: 0, labels: 0 };
    const size = logitsRows(this.#config);
    for (let start = 0; start < rows.length; start += size) {
      run.signal?.throwIfAborted();
      const piece = rows.subarray(start, start + size);
      const pieceLabels = piece.map((row) => labels[row] ?? IGNORED);
      const results = await this.#runPiece(run, piece, pieceLabels, gradients !== undefined);
      if (gradients) putRows(dx, piece, floatsOf(results, "d.x"), hiddenSize);
      for (const loss of floatsOf(results, "losses")) total.loss += loss;
      if (run.weights.zLoss !== 0)
        for (const max of floatsOf(results, "maxima")) total.squares += max ** 2;
      total.labels += pieceLabels.filter((label) => label >= 0).length;
      if (gradients)
        for (const [weight, name] of this.#trained)
          gradients.add(name, floatsOf(results, `d.${weight}`));
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
    rows: Int32Array,
    labels: Int32Array,
    isBackwards: boolean,
  ): Promise<Record<string, Tensor>> {
    const { hiddenSize: C } = this.#config;
    const R = rows.length;
    const feeds = {
      x: f32(takeRows(x.data as Float32Array, rows, C), [R, C]),
      "norm.weight": f32(parameterOf(parameters, FINAL_NORM), [C]),
      "head.weight": this.#matrix(head),
      labels: i32(labels, [R]),
    };
    if (!isBackwards) return this.#sessions.loss.run(feeds);
    return this.#sessions.gradient.run({
      ...feeds,
      dlosses: f32(new Float32Array(R).fill(weights.loss), [R]),
      ...(this.#hasZLoss && { dsquares: f32(new Float32Array(R).fill(2 * weights.zLoss), [R]) }),
    });
  }

  #matrix(values: Float32Array): Tensor {
    return f32(values, [this.#config.vocabSize, this.#config.hiddenSize]);
  }
}

function trainedWeights(trained: readonly string[]): (typeof WEIGHTS)[number][] {
  return WEIGHTS.filter(([, name]) => trained.includes(name));
}

/** Rows with a label, or with the z-loss all that are followed by another. */
function countedRows(labels: Int32Array, length: number, isZLossCounted: boolean): Int32Array {
  const rows = Array.from(labels.keys());
  return Int32Array.from(
    isZLossCounted
      ? rows.filter((row) => (row + 1) % length !== 0)
      : rows.filter((row) => (labels[row] ?? IGNORED) >= 0),
  );
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
