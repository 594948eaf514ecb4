import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { UnsupportedError } from "@baichuan2/kernels";
import { checkAdapter, type AdapterShapes } from "../adapter/check-adapter.ts";
import { readAdapterShapes } from "../adapter/node-adapter-shapes.ts";
import type { ModelConfig } from "../config.ts";
import type { OpenEngineOptions } from "../engine/engine-thread.ts";
import { openSource } from "../engine/open-source.ts";
import type { ModelSource } from "../engine/protocol.ts";
import type { WeightOptions, WeightPlan } from "../network/weight-plan.ts";
import { adapterBytes } from "./adapter-bytes.ts";
import { availableMemory } from "./available-memory.ts";
import { estimatePlan, type MemoryEstimate } from "./estimate.ts";
import { MemoryLimitError, type MemoryBreakdown, type MemoryHint } from "./memory-limit-error.ts";

/** What decides how much memory a load needs, and how much it may take. */
export interface RequireMemoryOptions extends Pick<
  OpenEngineOptions,
  | "weights"
  | "threads"
  | "maxSlots"
  | "stagingDir"
  | "packedCacheDir"
  | "trace"
  | "signal"
  | "adapters"
> {
  /** Memory that the process may take, in bytes; Infinity loads without a check. Default: what is available. */
  readonly memoryLimitBytes?: number | undefined;
}

/** Slots that a cache begins with. */
const INITIAL_SLOTS = 256;

/**
 * Refuses a load that memory cannot hold, from the heads of the model's files; reads and allocates no weights.
 *
 * @throws {MemoryLimitError} if the model needs more than there is, with the slots that its cache begins with.
 * @throws {CheckpointError | UnsupportedError} as `loadModel` would.
 */
export async function requireMemory(
  source: ModelSource,
  options: RequireMemoryOptions,
): Promise<void> {
  if (options.memoryLimitBytes === Infinity) return;
  const { threads, weights, signal } = options;
  await using open = await openSource(source, { threads, weights }, signal);
  await requireMemoryFor(open, options);
}

/** The same for weights that are planned already; adapters that do not fit them are told here as well. */
export async function requireMemoryFor(
  { config, plan }: { readonly config: ModelConfig; readonly plan: WeightPlan },
  options: RequireMemoryOptions,
): Promise<void> {
  const { memoryLimitBytes, maxSlots = INITIAL_SLOTS, weights = {}, trace } = options;
  if (memoryLimitBytes === Infinity) return;
  const limit = Math.min(checkedLimit(memoryLimitBytes), availableMemory());
  const context = Math.min(INITIAL_SLOTS, maxSlots);
  const needed = estimatePlan(config, plan, {
    context,
    keepsPacked: !weights.exact && !trace,
    adapterBytes: await bytesOfAdapters(config, options),
  });
  const breakdown = await breakdownOf(needed, options);
  const error = new MemoryLimitError("loadModel", limit, breakdown, hintsFor(plan, weights));
  if (error.needBytes > limit) throw error;
}

/** @throws {AdapterError | CheckpointError | UnsupportedError} for an adapter that cannot be used. */
async function bytesOfAdapters(
  config: ModelConfig,
  { adapters = [], signal }: RequireMemoryOptions,
): Promise<number> {
  const all: AdapterShapes[] = [];
  for (const { name, path } of adapters) {
    const shapes = await readAdapterShapes(path, { signal });
    checkAdapter(shapes, config, name);
    all.push(shapes);
  }
  return adapterBytes(config, all);
}

function checkedLimit(bytes = Infinity): number {
  if (bytes >= 0) return bytes;
  throw new UnsupportedError("loadModel", `memoryLimitBytes ${bytes}`, "give bytes, or Infinity");
}

/** Of a run with a small cache, or of the load where that takes more; a staging folder in memory counts as well. */
async function breakdownOf(
  needed: MemoryEstimate,
  { packedCacheDir, stagingDir = tmpdir() }: RequireMemoryOptions,
): Promise<MemoryBreakdown> {
  const { weightsBytes, cacheBytes, workBytes, processBytes, runningBytes, packedCache } = needed;
  const { adapterBytes: ofAdapters } = needed;
  const isKept = packedCacheDir !== undefined && packedCache !== undefined;
  const { peakBytes, diskBytes } = isKept ? packedCache.first : needed.load;
  const stagingBytes = !isKept && (await isInMemory(stagingDir)) ? diskBytes : 0;
  const loadBytes = Math.max(0, peakBytes - runningBytes) + stagingBytes;
  const running = { weightsBytes, cacheBytes, workBytes, processBytes };
  return { ...running, adapterBytes: ofAdapters, loadBytes };
}

/** Linux's number of tmpfs. */
const TMPFS_MAGIC = 0x01021994;

async function isInMemory(directory: string): Promise<boolean> {
  const stats = await statfs(directory).catch(() => undefined); // a folder that is to be made
  return process.platform === "linux" && stats?.type === TMPFS_MAGIC;
}

/** What makes the model smaller, the most helpful first. */
function hintsFor(
  { dtype, quantization }: WeightPlan,
  { exact, quantizeHead }: WeightOptions,
): MemoryHint[] {
  const isFree = dtype === "float32" || quantization !== undefined; // files do not fix the type
  const hints: MemoryHint[] = [];
  if (exact && dtype !== "float32") hints.push("no-exact");
  else if (isFree && dtype !== "int4") hints.push("dtype-int4");
  if (!exact && dtype !== "float32" && !quantizeHead) hints.push("quantize-head");
  return hints;
}
