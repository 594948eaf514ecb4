import type { Graph } from "./graph/graph.ts";
import type { Tensor } from "./graph/tensor.ts";

/**
 * A backend turns a graph into something that runs. It is not a tensor library: there is no eager mode,
 * no lazy buffer and no op here that the graph does not have.
 *
 * Order of life: `compile` reads every weight once and may release it, `run` may be called any number of
 * times but not again before the last call has settled, `dispose` frees everything.
 */
export interface Backend {
  /** Short name used in messages and conformance titles, e.g. `reference`, `ort-node`. */
  readonly name: string;
  /**
   * @param weights - Asked once for each weight of the graph, in the graph's order.
   * @throws {UnsupportedError} for an op or format without a lowering.
   * @throws {DeviceError} when the device or its memory fails.
   */
  compile(graph: Graph, weights: WeightReader, options?: CompileOptions): Promise<Executable>;
}

/** Options of one compilation. */
export interface CompileOptions {
  readonly signal?: AbortSignal | undefined;
  /** Threads inside one run; default: the backend's choice (all physical cores). */
  readonly threads?: number | undefined;
  /** Called after each weight with the bytes read so far and in all. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** A compiled graph. Owns device memory. */
export interface Executable {
  /**
   * Runs the graph once.
   *
   * @param feeds - One tensor per graph input; arrays are read during the call and never kept.
   * @param fetches - Names of the outputs wanted; all when absent.
   * @returns one tensor per fetch, owned by the caller.
   * @throws {ShapeError | DTypeError} if a feed is missing or does not fit its input.
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: readonly string[],
  ): Promise<Record<string, Tensor>>;
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Consecutive pieces of a weight's parts (see `weightParts`), by part name: elements in order, of any number, whole
 * blocks and rows only. Float16 and bfloat16 are given as their bits.
 */
export type WeightChunk = Readonly<
  Record<string, Float32Array | Uint16Array | Uint8Array | Int8Array>
>;

/**
 * Gives the parts of a weight in chunks, so that no one has to hold a whole 2 GB embedding twice. Chunks may be reused
 * by the reader: they are consumed before the next is asked for.
 */
export interface WeightReader {
  /**
   * Equal strings mean equal bytes for equal graphs, so a backend may keep what it made of the weights and, next time,
   * read none. Absent: nothing is kept.
   */
  readonly identity?: string | undefined;
  read(name: string, signal?: AbortSignal): AsyncIterable<WeightChunk>;
}
