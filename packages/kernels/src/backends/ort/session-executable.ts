import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from "onnxruntime-common";
import type { Executable } from "../../backend.ts";
import { checkFeeds } from "../../graph/check-feeds.ts";
import { DeviceError, DisposedError, DTypeError } from "../../graph/errors.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Tensor } from "../../graph/tensor.ts";

/** A session as an `Executable`: same code for onnxruntime-node and onnxruntime-web. */
export class SessionExecutable implements Executable {
  readonly #backend: string;
  readonly #graph: Graph;
  readonly #OrtTensor: TensorConstructor;
  readonly #afterRelease: () => Promise<void>;
  #session: InferenceSession | undefined;

  /** @param afterRelease - Frees what the session needed to live (its staging folder). */
  constructor(
    backend: string,
    graph: Graph,
    session: InferenceSession,
    OrtTensor: TensorConstructor,
    afterRelease: () => Promise<void> = async () => {},
  ) {
    this.#backend = backend;
    this.#graph = graph;
    this.#session = session;
    this.#OrtTensor = OrtTensor;
    this.#afterRelease = afterRelease;
  }

  async run(feeds: Readonly<Record<string, Tensor>>, fetches = [...this.#graph.outputs.keys()]) {
    if (!this.#session) throw new DisposedError(`${this.#backend} executable`);
    checkFeeds(this.#graph, feeds);
    const ortFeeds: Record<string, OrtTensor> = {};
    for (const { name = "" } of this.#graph.inputs) {
      const feed = feeds[name];
      if (feed) ortFeeds[name] = this.#toOrt(feed);
    }
    try {
      const results = await this.#session.run(ortFeeds, fetches);
      return Object.fromEntries(fetches.map((name) => [name, fromOrt(name, results[name])]));
    } catch (cause) {
      if (cause instanceof DTypeError) throw cause;
      throw new DeviceError(this.#backend, `expected the graph to run, got ${String(cause)}`, {
        cause,
      });
    }
  }

  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    await session.release();
    await this.#afterRelease();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
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
