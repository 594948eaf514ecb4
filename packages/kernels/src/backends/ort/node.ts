import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend, CompileOptions, WeightReader } from "../../backend.ts";
import { DeviceError } from "../../graph/errors.ts";
import type { Graph } from "../../graph/graph.ts";
import { exactByteDType } from "./byte-products.ts";
import { createSession, type SessionFactory } from "./create-session.ts";
import { compilePacked } from "./packed/compile-packed.ts";
import { PackedCache } from "./packed/packed-cache.ts";
import { openLookups } from "./row-reader.ts";
import { SessionExecutable, type OpenSession } from "./session-executable.ts";
import { StagingStore, WEIGHTS_FILE } from "./staging-store.ts";
import { TableFile } from "./table-file.ts";
import { toOnnx } from "./to-onnx.ts";
import { storeWeights } from "./weight-store.ts";

/** Options of the onnxruntime-node backend. */
export interface OrtNodeOptions {
  /** Folder for the weights while a session maps them. Default: a folder of the system's temporary folder. */
  readonly stagingDir?: string | undefined;
  /**
   * Folder that keeps packed weights of readers with an `identity`: the next compilation of the same graph maps them,
   * reads no weight, and shares the memory with other processes. Default: none is kept.
   */
  readonly packedCacheDir?: string | undefined;
  /** What the folder may hold, in bytes; the least recently used weights go first. Default: 64 GiB. */
  readonly packedCacheMaxBytes?: number | undefined;
  /** Folder in which onnxruntime writes a profile of each session when it is disposed: JSON of Chrome's trace viewer. */
  readonly profileDir?: string | undefined;
  /** Told when packed weights cannot be kept, or are damaged; the compilation goes on without them. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** Two models of 13B in int8, or six of 7B in int4 with room to spare. */
const PACKED_CACHE_MAX_BYTES = 64 * 2 ** 30;

/**
 * ONNX Runtime on the CPU, for Node. `run()` blocks its thread while it computes: use it in a worker thread.
 *
 * @throws {DeviceError} if onnxruntime-node is not installed or its native library does not load.
 */
export async function createOrtNodeBackend(options: OrtNodeOptions = {}): Promise<Backend> {
  const { InferenceSession, Tensor, env } = await importRuntime();
  const { stagingDir = join(tmpdir(), "baichuan2"), packedCacheDir, profileDir } = options;
  const { packedCacheMaxBytes = PACKED_CACHE_MAX_BYTES, onWarning = () => {} } = options;
  const bytes = await exactByteDType(InferenceSession, Tensor);
  const runtimeVersion = env.versions.node ?? env.versions.common;
  const cache =
    packedCacheDir === undefined ? undefined : new PackedCache(packedCacheDir, packedCacheMaxBytes);
  return {
    name: "ort-node",
    async compile(graph, weights, compileOptions = {}) {
      const { threads } = compileOptions;
      const sessions = { runtime: InferenceSession, OrtTensor: Tensor, bytes, threads, profileDir };
      if (cache && hasIdentity(weights)) {
        const context = { cache, sessions, runtimeVersion, onWarning };
        const packed = await compilePacked(graph, weights, context, compileOptions);
        if (packed) return new SessionExecutable("ort-node", graph, packed, Tensor);
      }
      const staged = await stage(graph, weights, stagingDir, sessions, compileOptions);
      return new SessionExecutable("ort-node", graph, staged, Tensor);
    },
  };
}

function hasIdentity(weights: WeightReader): weights is WeightReader & { identity: string } {
  return weights.identity !== undefined;
}

/** A session that packs the weights itself, in its own memory. */
async function stage(
  graph: Graph,
  weights: WeightReader,
  stagingDir: string,
  sessions: SessionFactory,
  options: CompileOptions,
): Promise<OpenSession> {
  const store = await StagingStore.create(stagingDir);
  let file: TableFile | undefined;
  const close = async (): Promise<void> => {
    file?.close();
    await store.remove();
  };
  try {
    const { initializers, tables } = await storeWeights(graph, weights, store, {
      ...options,
      bytes: sessions.bytes,
    });
    file = new TableFile(join(store.directory, WEIGHTS_FILE));
    const lookups = openLookups(graph, tables, file.read);
    const session = await createSession(sessions, await store.finish(toOnnx(graph, initializers)));
    if (process.platform !== "win32") await store.remove();
    return { session, lookups, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function importRuntime(): Promise<typeof import("onnxruntime-node")> {
  // 1.30 reads a Float16Array of Node 24 as empty (and fails on import of some builds); it must not see one.
  const scope = globalThis as { Float16Array?: unknown };
  const float16Array = scope.Float16Array;
  delete scope.Float16Array;
  try {
    return await import("onnxruntime-node");
  } catch (cause) {
    throw new DeviceError(
      "ort-node",
      "expected the package onnxruntime-node, got none that loads (npm i onnxruntime-node)",
      { cause },
    );
  } finally {
    if (float16Array) scope.Float16Array = float16Array;
  }
}
