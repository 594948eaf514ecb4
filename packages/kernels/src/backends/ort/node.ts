import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InferenceSession } from "onnxruntime-common";
import type { Backend } from "../../backend.ts";
import { DeviceError } from "../../graph/errors.ts";
import { exactBytes, hasSaturatingBytes } from "./byte-products.ts";
import { SessionExecutable } from "./session-executable.ts";
import { StagingStore } from "./staging-store.ts";
import { toOnnx } from "./to-onnx.ts";
import { storeWeights } from "./weight-store.ts";

/** Options of the onnxruntime-node backend. */
export interface OrtNodeOptions {
  /** Folder for the weights while a session maps them. Default: a folder of the system's temporary folder. */
  readonly stagingDir?: string;
}

/**
 * ONNX Runtime on the CPU, for Node. `run()` blocks its thread while it computes: use it in a worker thread.
 *
 * @throws {DeviceError} if onnxruntime-node is not installed or its native library does not load.
 */
export async function createOrtNodeBackend(options: OrtNodeOptions = {}): Promise<Backend> {
  const { InferenceSession, Tensor } = await importRuntime();
  const stagingDir = options.stagingDir ?? join(tmpdir(), "baichuan2");
  const saturates = await hasSaturatingBytes(InferenceSession, Tensor);
  return {
    name: "ort-node",
    async compile(graph, weights, compileOptions = {}) {
      const store = await StagingStore.create(stagingDir);
      try {
        const initializers = await storeWeights(graph, weights, store, compileOptions);
        const path = await store.finish(toOnnx(graph, initializers));
        const { threads } = compileOptions;
        const session = await createSession(InferenceSession, path, { threads, saturates });
        if (process.platform !== "win32") await store.remove();
        return new SessionExecutable("ort-node", graph, session, Tensor, () => store.remove());
      } catch (cause) {
        await store.remove();
        throw cause;
      }
    },
  };
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

async function createSession(
  runtime: typeof InferenceSession,
  path: string,
  { threads, saturates }: { readonly threads: number | undefined; readonly saturates: boolean },
): Promise<InferenceSession> {
  try {
    return await runtime.create(path, {
      executionProviders: ["cpu"],
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      enableCpuMemArena: true,
      ...(saturates ? exactBytes : {}),
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new DeviceError(
      "ort-node",
      `expected a session, got ${String(cause)} (is there enough memory?)`,
      { cause },
    );
  }
}
