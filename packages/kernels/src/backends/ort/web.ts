import type { Backend } from "../../backend.ts";
import { DeviceError } from "../../graph/errors.ts";
import { MemoryStore } from "./memory-store.ts";
import { SessionExecutable } from "./session-executable.ts";
import { toOnnx } from "./to-onnx.ts";
import { storeWeights } from "./weight-store.ts";

/** Options of the onnxruntime-web backend. */
export interface OrtWebOptions {
  /** Where the page serves onnxruntime-web's .wasm and .mjs files; default: beside the bundle. */
  readonly wasmPaths?: string;
}

/**
 * ONNX Runtime compiled to WebAssembly, for browsers and other runtimes without native addons.
 *
 * Weights must fit a 4 GiB WebAssembly heap: this is the fallback for small models and for machines without WebGPU.
 *
 * @throws {DeviceError} if onnxruntime-web is not installed or cannot start.
 */
export async function createOrtWebBackend(options: OrtWebOptions = {}): Promise<Backend> {
  const { env, InferenceSession, Tensor } = await importRuntime();
  if (options.wasmPaths !== undefined) env.wasm.wasmPaths = options.wasmPaths;
  return {
    name: "ort-web",
    async compile(graph, weights, compileOptions = {}) {
      if (compileOptions.threads !== undefined) env.wasm.numThreads = compileOptions.threads;
      const store = new MemoryStore();
      const model = toOnnx(graph, await storeWeights(graph, weights, store, compileOptions));
      try {
        const { externalData } = store;
        const session = await InferenceSession.create(model, {
          executionProviders: ["wasm"],
          externalData,
          logSeverityLevel: 3,
        });
        return new SessionExecutable("ort-web", graph, session, Tensor);
      } catch (cause) {
        throw new DeviceError(
          "ort-web",
          `expected a session, got ${String(cause)} (weights must fit 4 GiB)`,
          { cause },
        );
      }
    },
  };
}

async function importRuntime(): Promise<typeof import("onnxruntime-web")> {
  try {
    return await import("onnxruntime-web");
  } catch (cause) {
    throw new DeviceError(
      "ort-web",
      "expected the package onnxruntime-web, got none that loads (npm i onnxruntime-web)",
      { cause },
    );
  }
}
