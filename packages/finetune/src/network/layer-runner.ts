import {
  alibiSlopes,
  f32,
  type Backend,
  type CompileOptions,
  type Executable,
  type Tensor,
  type Value,
} from "@baichuan2/kernels";
import { ropeAngles, type ModelConfig } from "@baichuan2/model";
import { attentionMask, batchSize, tokenPositions, type Batch } from "./batch.ts";
import { floatsOf } from "./floats-of.ts";
import type { Gradients } from "./gradients.ts";
import { buildLayerGraphs, type LayerGraphOptions } from "./layer-graphs.ts";
import { layerKey, parameterOf, type Parameters } from "./parameters.ts";
import { noWeights } from "./no-weights.ts";

/** How layers run. */
export type LayerRunnerOptions = Omit<LayerGraphOptions, "length"> &
  Pick<CompileOptions, "threads">;

/** Inputs that all layers share in one run. */
export type SharedFeeds = Readonly<Record<string, Tensor>>;

/** Fills the dropout mask of a layer's linear, `[T, C]`, with 0 and `1 / (1 − p)`. */
export type FillDropout = (layer: number, key: string, mask: Float32Array) => void;

/** What a layer needs in both directions. */
export interface LayerRun {
  readonly layer: number;
  /** `[T, C]`. */
  readonly x: Tensor;
  readonly shared: SharedFeeds;
  readonly parameters: Parameters;
  readonly dropout?: FillDropout | undefined;
}

/** What a layer gives forwards. */
export interface LayerOutput {
  readonly y: Tensor;
  /** What `backward` takes besides; empty with `recompute`. */
  readonly carried: Readonly<Record<string, Tensor>>;
}

/** Inputs of the graphs that are not a layer's own. */
const SHARED = new Set(["x", "mask", "bias", "cos", "sin"]);

const DROPOUT = ".dropout";

/** The sessions for texts of one length. */
interface LayerSessions {
  readonly forward: Executable;
  readonly backward: Executable;
  /** Inputs that differ from layer to layer. */
  readonly own: readonly Value[];
}

/** Lengths whose sessions are kept: a session holds on to the memory of its largest run. */
export const KEPT_LENGTHS = 2;

/**
 * Runs single layers, forwards and backwards. Each length of texts has sessions of its own, made when it comes; those of the
 * length that was not used for longest go.
 */
export class LayerRunner {
  readonly #config: ModelConfig;
  readonly #backend: Backend;
  readonly #options: LayerRunnerOptions;
  readonly #sessions = new Map<number, LayerSessions>();

  constructor(config: ModelConfig, backend: Backend, options: LayerRunnerOptions) {
    this.#config = config;
    this.#backend = backend;
    this.#options = options;
  }

  /** Masks and positions of a batch. */
  shared(batch: Batch): SharedFeeds {
    const { positionScheme, headDim, numAttentionHeads: H } = this.#config;
    const N = batch.length;
    const mask = f32(attentionMask(batch, { paddingSees: positionScheme === "rope" }), [
      batchSize(batch),
      1,
      N,
      N,
    ]);
    if (positionScheme === "alibi") return { mask, bias: f32(distances(H, N), [1, H, N, N]) };
    const { cos, sin } = ropeAngles(tokenPositions(batch), headDim);
    const shape = [batch.inputIds.length, headDim / 2];
    return { mask, cos: f32(cos, shape), sin: f32(sin, shape) };
  }

  async forward(run: LayerRun): Promise<LayerOutput> {
    const { forward, own } = await this.#sessionsFor(run);
    const { y, ...carried } = await forward.run(feedsOf(run, own));
    return { y: y as Tensor, carried };
  }

  /**
   * Adds the gradients of the layer's trained weights.
   *
   * @param dy - Derivatives of the loss by the layer's output; `[T, C]`.
   * @returns those by its input.
   */
  async backward(
    run: LayerRun,
    carried: LayerOutput["carried"],
    dy: Tensor,
    gradients: Gradients,
  ): Promise<Tensor> {
    const { backward, own } = await this.#sessionsFor(run);
    const results = await backward.run({ ...feedsOf(run, own), ...carried, dy });
    for (const key of this.#options.trained)
      gradients.add(layerKey(run.layer, key), floatsOf(results, `d.${key}`));
    return f32(floatsOf(results, "d.x"), run.x.shape);
  }

  async dispose(): Promise<void> {
    const all = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const sessions of all) await disposeAll(sessions);
  }

  async #sessionsFor({ shared }: LayerRun): Promise<LayerSessions> {
    const length = shared["mask"]?.shape.at(-1) ?? 0;
    const known = this.#sessions.get(length);
    this.#sessions.delete(length);
    if (!known) await this.#makeRoom();
    const sessions = known ?? (await this.#compile(length));
    this.#sessions.set(length, sessions); // the last one used is the last of the map
    return sessions;
  }

  async #makeRoom(): Promise<void> {
    for (const [length, sessions] of this.#sessions) {
      if (this.#sessions.size < KEPT_LENGTHS) return;
      this.#sessions.delete(length);
      await disposeAll(sessions);
    }
  }

  async #compile(length: number): Promise<LayerSessions> {
    const { threads } = this.#options;
    const graphs = buildLayerGraphs(this.#config, { ...this.#options, length });
    const forward = await this.#backend.compile(graphs.forward, noWeights, { threads });
    const backward = await this.#backend.compile(graphs.backward, noWeights, { threads });
    const own = graphs.forward.inputs.filter(({ name = "" }) => !SHARED.has(name));
    return { forward, backward, own };
  }
}

async function disposeAll({ forward, backward }: LayerSessions): Promise<void> {
  await forward.dispose();
  await backward.dispose();
}

function feedsOf(
  { layer, x, shared, parameters, dropout }: LayerRun,
  own: readonly Value[],
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = { ...shared, x };
  for (const { name = "", shape } of own) {
    if (!name.endsWith(DROPOUT)) {
      feeds[name] = f32(parameterOf(parameters, layerKey(layer, name)), shape as number[]);
      continue;
    }
    const [T = 0, C] = [x.shape[0], shape[1] as number];
    const mask = new Float32Array(T * C).fill(1);
    dropout?.(layer, name.slice(0, -DROPOUT.length), mask);
    feeds[name] = f32(mask, [T, C]);
  }
  return feeds;
}

/** `slope · (j − i)`, `[H, N, N]`: relative, so that it serves texts wherever they start. */
function distances(H: number, N: number): Float32Array {
  const bias = new Float32Array(H * N * N);
  for (const [h, slope] of alibiSlopes(H).entries())
    for (let i = 0; i < N; i++)
      for (let j = 0; j <= i; j++) bias[(h * N + i) * N + j] = slope * (j - i);
  return bias;
}
