import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from "onnxruntime-common";
import type { Executable } from "../../backend.ts";
import { checkFeeds } from "../../graph/check-feeds.ts";
import { DeviceError, DisposedError, DTypeError } from "../../graph/errors.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { OpenLookup } from "./row-reader.ts";

/** A session with what belongs to it. */
export interface OpenSession {
  readonly session: InferenceSession;
  readonly lookups: readonly OpenLookup[];
  /** Frees what session and lookups read from; called once the session is released. */
  readonly close: () => Promise<void>;
}

/** A session as an `Executable`: same code for onnxruntime-node and onnxruntime-web. */
export class SessionExecutable implements Executable {
  readonly #backend: string;
  readonly #graph: Graph;
  readonly #OrtTensor: TensorConstructor;
  #open: OpenSession | undefined;

  constructor(backend: string, graph: Graph, open: OpenSession, OrtTensor: TensorConstructor) {
    this.#backend = backend;
    this.#graph = graph;
    this.#open = open;
    this.#OrtTensor = OrtTensor;
  }

  async run(feeds: Readonly<Record<string, Tensor>>, fetches = [...this.#graph.outputs.keys()]) {
    if (!this.#open) throw new DisposedError(`${this.#backend} executable`);
    checkFeeds(this.#graph, feeds);
    const ortFeeds = this.#feeds(feeds, this.#open.lookups);
    try {
      const results = await this.#open.session.run(ortFeeds, fetches);
      return Object.fromEntries(fetches.map((name) => [name, fromOrt(name, results[name])]));
    } catch (cause) {
      if (cause instanceof DTypeError) throw cause;
      throw new DeviceError(this.#backend, `expected the graph to run, got ${String(cause)}`, {
        cause,
      });
    }
  }

  async dispose(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return;
    await open.session.release();
    await open.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #feeds(
    feeds: Readonly<Record<string, Tensor>>,
    lookups: readonly OpenLookup[],
  ): Record<string, OrtTensor> {
    const ortFeeds: Record<string, OrtTensor> = {};
    for (const { name = "" } of this.#graph.inputs) {
      const feed = feeds[name];
      if (feed) ortFeeds[name] = this.#toOrt(feed);
    }
    for (const { indices, rows, reader } of lookups) {
      const feed = feeds[indices];
      if (feed?.dtype === "i32") ortFeeds[rows.name] = this.#toOrt(reader.read(feed.data));
    }
    return ortFeeds;
  }

  #toOrt(tensor: Tensor): OrtTensor {
    return tensor.dtype === "f32"
      ? new this.#OrtTensor("float32", tensor.data, tensor.shape)
      : new this.#OrtTensor("int32", tensor.data, tensor.shape);
  }
}

function fromOrt(name: string, tensor: OrtTensor | undefined): Tensor {
  if (tensor?.data instanceof Float32Array)
    return { dtype: "f32", shape: tensor.dims, data: tensor.data };
  throw new DTypeError(`run: output "${name}"`, "float32", tensor?.type ?? "nothing");
}
