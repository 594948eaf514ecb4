import {
  f32,
  i32,
  type Backend,
  type CompileOptions,
  type Executable,
  type Tensor,
  type Value,
} from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";
import {
  countedRows,
  logitsRows,
  lossFeeds,
  lossOf,
  type BatchLoss,
  type LossWeights,
} from "./batch-loss.ts";
import type { Batch } from "./batch.ts";
import { floatsOf } from "./floats-of.ts";
import type { Gradients } from "./gradients.ts";
import { layerFeed, type LayerFeeds, type SharedFeeds } from "./layer-feeds.ts";
import { buildNetworkGraph, type NetworkGraphOptions } from "./network-graph.ts";
import { noWeights } from "./no-weights.ts";
import { FINAL_NORM, LAYER_PREFIX, LM_HEAD, parameterOf } from "./parameters.ts";
import { SessionsByLength } from "./sessions-by-length.ts";

/** Whether one session may hold a run: logits of all its T rows, and all weights in float32. */
export function fitsSession(
  config: ModelConfig,
  { rows, areDecoded }: { readonly rows: number; readonly areDecoded: boolean },
): boolean {
  return rows <= logitsRows(config) && !areDecoded;
}

/** How the whole network runs. */
export type NetworkRunnerOptions = Omit<NetworkGraphOptions, "length"> &
  Pick<CompileOptions, "threads">;

/** A run of the whole network. */
export interface NetworkRun extends LayerFeeds {
  readonly batch: Batch;
  /** Embeddings; `[T, C]`. */
  readonly x: Tensor;
  readonly shared: SharedFeeds;
  /** The head as it is multiplied with. */
  readonly head: Float32Array;
  readonly weights: LossWeights;
}

interface NetworkSession {
  readonly executable: Executable;
  readonly inputs: readonly Value[];
  /** Keys of the weights that have a gradient. */
  readonly trained: readonly string[];
}

/** Runs all layers and the head in one session, forwards and backwards. */
export class NetworkRunner {
  readonly #hasZLoss: boolean;
  readonly #sessions: SessionsByLength<NetworkSession>;

  constructor(config: ModelConfig, backend: Backend, options: NetworkRunnerOptions) {
    const { threads, hasZLoss } = options;
    this.#hasZLoss = hasZLoss;
    this.#sessions = new SessionsByLength<NetworkSession>(
      async (length) => {
        const graph = buildNetworkGraph(config, { ...options, length });
        const executable = await backend.compile(graph, noWeights, { threads });
        return { executable, inputs: graph.inputs, trained: trainedKeys(graph.outputs.keys()) };
      },
      ({ executable }) => executable.dispose(),
    );
  }

  /**
   * Loss of a batch; adds the gradients of the trained weights.
   *
   * @returns also the derivatives by `x`, where embeddings are trained.
   */
  async run(
    run: NetworkRun,
    gradients: Gradients,
  ): Promise<BatchLoss & { readonly dx: Float32Array | undefined }> {
    const { executable, inputs, trained } = await this.#sessions.of(run.shared.length);
    const { rows, labels } = countedRows(run.batch, run.weights);
    const results = await executable.run({
      ...weightFeeds(run, inputs),
      ...run.shared.feeds,
      ...lossFeeds(labels, run.weights, { isTrained: true, hasZLoss: this.#hasZLoss }),
      x: run.x,
      rows: i32(rows, [rows.length]),
    });
    for (const key of trained) gradients.add(key, floatsOf(results, `d.${key}`));
    const dx = "d.x" in results ? floatsOf(results, "d.x") : undefined;
    return { ...lossOf(results, labels, run.weights), dx };
  }

  dispose(): Promise<void> {
    return this.#sessions.dispose();
  }
}

function trainedKeys(outputs: Iterable<string>): string[] {
  const gradients = [...outputs].filter((name) => name.startsWith("d.") && name !== "d.x");
  return gradients.map((name) => name.slice("d.".length));
}

/** Weights and dropout masks. */
function weightFeeds(run: NetworkRun, inputs: readonly Value[]): Record<string, Tensor> {
  const { parameters, head, x } = run;
  const T = x.shape[0] ?? 0;
  const feeds: Record<string, Tensor> = {};
  for (const { name = "", shape } of inputs) {
    const [prefix, layer] = LAYER_PREFIX.exec(name) ?? [];
    if (prefix !== undefined)
      feeds[name] = layerFeed(
        { layer: Number(layer), key: name.slice(prefix.length), shape, T },
        run,
      );
    if (name === FINAL_NORM) feeds[name] = f32(parameterOf(parameters, name), shape as number[]);
    if (name === LM_HEAD) feeds[name] = f32(head, shape as number[]);
  }
  return feeds;
}
