import {
  f32,
  type Backend,
  type CompileOptions,
  type Executable,
  type Tensor,
  type Value,
} from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";
import { floatsOf } from "./floats-of.ts";
import type { Gradients } from "./gradients.ts";
import { buildLayerGraphs, type LayerGraphOptions } from "./layer-graphs.ts";
import { layerFeed, type LayerFeeds, type SharedFeeds } from "./layer-feeds.ts";
import { noWeights } from "./no-weights.ts";
import { layerKey } from "./parameters.ts";
import { SessionsByLength } from "./sessions-by-length.ts";

/** How layers run. */
export type LayerRunnerOptions = Omit<LayerGraphOptions, "length"> &
  Pick<CompileOptions, "threads">;

/** What a layer needs in both directions. */
export interface LayerRun extends LayerFeeds {
  readonly layer: number;
  /** `[T, C]`. */
  readonly x: Tensor;
  readonly shared: SharedFeeds;
}

/** What a layer gives forwards. */
export interface LayerOutput {
  readonly y: Tensor;
  /** What `backward` takes besides; empty with `recompute`. */
  readonly carried: Readonly<Record<string, Tensor>>;
}

/** The sessions for texts of one length. */
interface LayerSessions {
  readonly forward: Executable;
  readonly backward: Executable;
  readonly inputs: readonly Value[];
}

/** Runs single layers, forwards and backwards. */
export class LayerRunner {
  readonly #trained: readonly string[];
  readonly #sessions: SessionsByLength<LayerSessions>;

  constructor(config: ModelConfig, backend: Backend, options: LayerRunnerOptions) {
    const { threads, trained } = options;
    this.#trained = trained;
    this.#sessions = new SessionsByLength<LayerSessions>(async (length) => {
      const graphs = buildLayerGraphs(config, { ...options, length });
      const forward = await backend.compile(graphs.forward, noWeights, { threads });
      const backward = await backend.compile(graphs.backward, noWeights, { threads });
      return { forward, backward, inputs: graphs.forward.inputs };
    }, disposeAll);
  }

  async forward(run: LayerRun): Promise<LayerOutput> {
    const { forward, inputs } = await this.#sessions.of(run.shared.length);
    const { y, ...carried } = await forward.run(feedsOf(run, inputs));
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
    const { backward, inputs } = await this.#sessions.of(run.shared.length);
    const results = await backward.run({ ...feedsOf(run, inputs), ...carried, dy });
    for (const key of this.#trained)
      gradients.add(layerKey(run.layer, key), floatsOf(results, `d.${key}`));
    return f32(floatsOf(results, "d.x"), run.x.shape);
  }

  dispose(): Promise<void> {
    return this.#sessions.dispose();
  }
}

async function disposeAll({ forward, backward }: LayerSessions): Promise<void> {
  await forward.dispose();
  await backward.dispose();
}

function feedsOf(run: LayerRun, inputs: readonly Value[]): Record<string, Tensor> {
  const { layer, x, shared } = run;
  const feeds: Record<string, Tensor> = { ...shared.feeds, x };
  const T = x.shape[0] ?? 0;
  for (const { name: key = "", shape } of inputs)
    feeds[key] ??= layerFeed({ layer, key, shape, T }, run);
  return feeds;
}
