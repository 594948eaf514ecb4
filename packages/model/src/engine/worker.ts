import { parentPort } from "node:worker_threads";
import type { DeviceError } from "@baichuan2/kernels";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { readAdapters } from "../adapter/node-read-adapters.ts";
import { availableMemory } from "../memory/available-memory.ts";
import { Decoder } from "../network/decoder.ts";
import { engineLimits, type EngineLimitValues } from "./engine-defaults.ts";
import { openSource, type OpenSource } from "./open-source.ts";
import type { EngineEvent, EngineOptions, EngineRequest, ModelSource } from "./protocol.ts";
import { RequestHandler } from "./request-handler.ts";
import { toWireError } from "./wire-error.ts";

/**
 * The engine's thread: owns the decoder, listens between steps. ONNX Runtime blocks the thread it runs on, which is
 * why it never runs on the caller's.
 */

/** Progress at most this often, or a small model would flood the caller. */
const PROGRESS_INTERVAL_MS = 50;

let loading: Promise<void> | undefined;
let decoder: Decoder | undefined;
let handler: RequestHandler | undefined;
const loadController = new AbortController();

function emit(event: EngineEvent, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(event, transfer);
}

async function load(source: ModelSource, options: EngineOptions): Promise<void> {
  try {
    const { signal } = loadController;
    await using open = await openSource(source, options, signal);
    // Before the weights: they are small, and what is wrong with them is told soon.
    const mayBeLost = options.mayLoseAdapters;
    const adapters =
      options.adapters &&
      (await readAdapters(options.adapters, open.config, { signal, mayBeLost }));
    const backend = await createOrtNodeBackend({
      stagingDir: options.stagingDir,
      packedCacheDir: keepsPacked(open, options) ? options.packedCacheDir : undefined,
      onWarning: (message) => emit({ type: "warning", message }),
    });
    const limits = (): EngineLimitValues => engineLimits(open.config, options, availableMemory());
    decoder = await Decoder.create(open.config, backend, open.weights, {
      signal,
      formatOf: open.plan.formatOf,
      trace: options.trace ? "layers" : false,
      threads: options.threads,
      onProgress: throttledProgress(),
      maxSlots: () => limits().maxSlots,
      prefixCacheSlots: limits().prefixCacheSlots,
      deterministic: options.deterministic,
      adapters: adapters !== undefined,
    });
    for (const adapter of adapters?.loaded ?? []) decoder.adapters?.add(adapter);
    for (const [name, error] of adapters?.lost ?? []) decoder.adapters?.lose(name, error);
    const { maxSlots } = decoder.cacheStats;
    const { fingerprint } = open;
    handler = new RequestHandler(decoder, emit, {
      ...limits(),
      maxSlots,
      fingerprint,
      onFatal: die,
    });
    const { config, plan } = open;
    emit({ type: "loaded", config, dtype: plan.dtype, adapters: decoder.adapters?.infos });
  } catch (error) {
    emit({ type: "loadFailed", error: toWireError(error) });
  }
}

/**
 * Whether packed weights are worth their disk space: float32 ones are as large as the checkpoint itself, and a graph that
 * is traced is another graph.
 */
function keepsPacked({ plan }: OpenSource, { trace, weights }: EngineOptions): boolean {
  return plan.dtype !== "float32" && !weights?.exact && !trace;
}

function throttledProgress(): (doneBytes: number, totalBytes: number) => void {
  let last = 0;
  return (doneBytes, totalBytes) => {
    const now = performance.now();
    if (doneBytes < totalBytes && now - last < PROGRESS_INTERVAL_MS) return;
    last = now;
    emit({ type: "progress", doneBytes, totalBytes });
  };
}

/** Also in the middle of a load: it must get the chance to remove its staging files. */
async function close(): Promise<void> {
  loadController.abort();
  await loading;
  await handler?.close();
  await decoder?.dispose();
  emit({ type: "closed" });
  parentPort?.close();
}

/** Ends the thread: the engine starts another one. */
function die(error: DeviceError): void {
  setImmediate(() => {
    throw error;
  });
}

parentPort?.on("message", (request: EngineRequest) => {
  if (request.type === "load") loading = load(request.source, request.options);
  else if (request.type === "close") void close();
  else handler?.handle(request);
});
