import { join } from "node:path";
import type { InferenceSession } from "onnxruntime-common";
import type { CompileOptions } from "../../../backend.ts";
import type { Graph } from "../../../graph/graph.ts";
import { createSession, type SessionFactory } from "../create-session.ts";
import { openLookups, type OpenLookup } from "../row-reader.ts";
import type { OpenSession } from "../session-executable.ts";
import { MODEL_FILE, WEIGHTS_FILE } from "../staging-store.ts";
import { TableFile } from "../table-file.ts";
import { checkSegments } from "./check-segments.ts";
import { DamagedEntryError, readManifest, type Manifest } from "./manifest.ts";

/**
 * Opens a session over an entry's files.
 *
 * @throws {DamagedEntryError} if they are not as they were written.
 */
export async function openEntry(
  graph: Graph,
  entry: string,
  sessions: SessionFactory,
  { signal }: CompileOptions,
): Promise<OpenSession> {
  signal?.throwIfAborted();
  try {
    return await openFiles(graph, entry, sessions, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    // Another process has just made room.
    throw new DamagedEntryError(entry, "its files", String(error));
  }
}

async function openFiles(
  graph: Graph,
  entry: string,
  sessions: SessionFactory,
  signal: AbortSignal | undefined,
): Promise<OpenSession> {
  const manifest = await readManifest(entry);
  const file = new TableFile(join(entry, WEIGHTS_FILE));
  try {
    const lookups = lookupsIn(entry, graph, manifest, file);
    const session = await checkedSession(entry, manifest, sessions, signal);
    return { session, lookups, close: async () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

function lookupsIn(
  entry: string,
  graph: Graph,
  { tables }: Manifest,
  file: TableFile,
): OpenLookup[] {
  try {
    return openLookups(graph, tables, file.read);
  } catch (error) {
    throw new DamagedEntryError(entry, "the places of all tables", String(error));
  }
}

/** Makes the session while a thread checks what it maps. */
async function checkedSession(
  entry: string,
  { segments }: Manifest,
  sessions: SessionFactory,
  signal: AbortSignal | undefined,
): Promise<InferenceSession> {
  const [made, checked] = await Promise.allSettled([
    createSession(sessions, join(entry, MODEL_FILE)),
    checkSegments(join(entry, WEIGHTS_FILE), segments),
  ]);
  const session = made.status === "fulfilled" ? made.value : undefined;
  try {
    if (checked.status === "rejected") throw checked.reason;
    if (checked.value !== null)
      throw new DamagedEntryError(
        entry,
        "the bytes that were written",
        `others after byte ${checked.value}`,
      );
    signal?.throwIfAborted();
  } catch (error) {
    await session?.release();
    throw error;
  }
  if (made.status === "rejected") throw made.reason;
  return made.value;
}
