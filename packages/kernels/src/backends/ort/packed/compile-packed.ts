import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CompileOptions, WeightReader } from "../../../backend.ts";
import { DeviceError } from "../../../graph/errors.ts";
import type { Graph } from "../../../graph/graph.ts";
import type { SessionFactory } from "../create-session.ts";
import type { OpenSession } from "../session-executable.ts";
import { MODEL_FILE, WEIGHTS_FILE } from "../staging-store.ts";
import { toOnnx } from "../to-onnx.ts";
import { planLayouts, plannedInitializers } from "../weight-store.ts";
import { cacheKey } from "./cache-key.ts";
import { DamagedEntryError, MANIFEST_FILE, writeManifest } from "./manifest.ts";
import { openEntry } from "./open-entry.ts";
import type { PackedCache } from "./packed-cache.ts";
import { StandInError, writePackedModel } from "./write-packed-model.ts";

/** Where packed weights are kept, and what is told when they cannot be. */
export interface PackedContext {
  readonly cache: PackedCache;
  readonly sessions: SessionFactory;
  readonly runtimeVersion: string;
  readonly onWarning: (message: string) => void;
}

/**
 * Opens a session over packed weights, from the cache or, when they are not there, after packing them into it.
 *
 * @returns undefined if the weights cannot be kept, which `onWarning` was told.
 */
export async function compilePacked(
  graph: Graph,
  reader: WeightReader & { readonly identity: string },
  context: PackedContext,
  options: CompileOptions,
): Promise<OpenSession | undefined> {
  const { cache, sessions, runtimeVersion, onWarning } = context;
  const plan = planLayouts(graph, sessions.bytes);
  const model = toOnnx(graph, plannedInitializers(plan));
  const { identity } = reader;
  const { weights } = graph;
  const key = await cacheKey({ model, weights, identity, runtimeVersion });
  const found = await cache.find(key);
  const kept = found && (await openKept(graph, { entry: found, key }, context, options));
  if (kept) return kept;
  try {
    await requireRoom(cache, plan);
    const entry = await cache.add(key, (directory) =>
      writeEntry(graph, reader, directory, context, options),
    );
    return await openEntry(graph, entry, sessions, options);
  } catch (error) {
    if (!isAboutKeeping(error)) throw error;
    onWarning(`packed weights are not kept in ${cache.directory}: ${String(error)}`);
    return undefined;
  }
}

/** Opens an entry; a damaged one is removed. */
async function openKept(
  graph: Graph,
  { entry, key }: { readonly entry: string; readonly key: string },
  context: PackedContext,
  options: CompileOptions,
): Promise<OpenSession | undefined> {
  try {
    return await openEntry(graph, entry, context.sessions, options);
  } catch (error) {
    if (!(error instanceof DamagedEntryError)) throw error;
    context.onWarning(error.message);
    await context.cache.remove(key).catch(() => {}); // told when the new entry finds no place
    return undefined;
  }
}

async function writeEntry(
  graph: Graph,
  reader: WeightReader,
  directory: string,
  { sessions }: PackedContext,
  options: CompileOptions,
): Promise<void> {
  const packed = await writePackedModel(graph, reader, directory, sessions, options);
  const files = [MODEL_FILE, WEIGHTS_FILE, MANIFEST_FILE];
  for (const name of await readdir(directory))
    if (!files.includes(name)) await rm(join(directory, name));
  await writeManifest(directory, packed);
}

/** The cache has no room for these weights. */
class NoRoomError extends Error {
  override readonly name = "NoRoomError";
  readonly code = "ERR_NO_ROOM";
}

/** Packed weights and what is between: at most an eighth more than the weights, and six times the largest. */
async function requireRoom(
  cache: PackedCache,
  plan: ReturnType<typeof planLayouts>,
): Promise<void> {
  const sizes = plan.map(({ sizeBytes }) => sizeBytes);
  const entry = sizes.reduce((sum, size) => sum + size, 0) * 1.125;
  if (entry > cache.maxBytes)
    throw new NoRoomError(
      `expected at most ${gigabytes(cache.maxBytes)} GB, got ${gigabytes(entry)} (raise packedCacheMaxBytes)`,
    );
  const needed = entry + 6 * Math.max(0, ...sizes);
  const free = await cache.freeBytes();
  if (free < needed)
    throw new NoRoomError(
      `expected ${gigabytes(needed)} GB of free disk space, got ${gigabytes(free)} (free some, or set packedCacheDir)`,
    );
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}

/** Errors of the disk and of onnxruntime's writing to it, for which a model loads without the cache. */
const DISK_ERRORS = new Set(["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);
const KEEPING_ERRORS = [NoRoomError, StandInError, DamagedEntryError, DeviceError];

/** Other errors are the reader's, or an abort. */
function isAboutKeeping(error: unknown): boolean {
  if (KEEPING_ERRORS.some((type) => error instanceof type)) return true;
  return DISK_ERRORS.has((error as NodeJS.ErrnoException | undefined)?.code ?? "");
}
