import type { InferenceSession } from "onnxruntime-common";
import type { Backend, CompileOptions, WeightReader } from "../../backend.ts";
import { DeviceError } from "../../graph/errors.ts";
import type { Graph } from "../../graph/graph.ts";
import { MemoryStore } from "./memory-store.ts";
import { openLookups } from "./row-reader.ts";
import { SessionExecutable, type OpenSession } from "./session-executable.ts";
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
 * Weights must fit a 4 GiB WebAssembly heap, the embedding table aside: this is the fallback for small models and for
 * machines without WebGPU.
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
      const opened = await open(graph, weights, InferenceSession, compileOptions);
      return new SessionExecutable("ort-web", graph, opened, Tensor);
    },
  };
}

async function open(
  graph: Graph,
  weights: WeightReader,
  runtime: typeof InferenceSession,
  options: CompileOptions,
): Promise<OpenSession> {
  const store = new MemoryStore();
  const { initializers, tables } = await storeWeights(graph, weights, store, {
    ...options,
    bytes: "i8",
  });
  const lookups = openLookups(graph, tables, store.read);
  try {
    const session = await runtime.create(toOnnx(graph, initializers), {
      executionProviders: ["wasm"],
      externalData: store.take(initializers),
      logSeverityLevel: 3,
    });
    return { session, lookups, close: async () => {} };
  } catch (cause) {
    const message = `expected a session, got ${String(cause)} (weights must fit 4 GiB)`;
    throw new DeviceError("ort-web", message, { cause });
  }
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
