import { mkdir } from "node:fs/promises";
import { EvalRunError } from "./eval-run-error.ts";
import { Journal } from "./journal.ts";
import type { JournalLine } from "./journal-line.ts";
import { differingPart, findManifest, readManifest, writeManifest } from "./run-manifest.ts";

/**
 * Puts the parts of a run together, as if it had run in one. Parts may be missing: what is there is merged, and the folder
 * can be gone on with.
 *
 * @param folders - Of runs that differ in `shard` alone.
 * @param target - A folder without a run.
 * @throws {EvalRunError} if a folder's run is another one, or a sample was answered in two of them.
 */
export async function mergeRuns(folders: readonly string[], target: string): Promise<void> {
  const [first = target, ...others] = folders;
  const { shard: _shard, ...manifest } = await readManifest(first);
  for (const folder of others) {
    const part = differingPart(manifest, await readManifest(folder), PARTS);
    if (part) throw new EvalRunError(folder, `the same ${part} as ${first}`, "another one");
  }
  if (await findManifest(target))
    throw new EvalRunError(target, "a folder without a run", "one with run.json");
  const lines = await readAll(folders);
  await mkdir(target, { recursive: true });
  await using journal = await Journal.open(target);
  for (const line of lines) await journal.append(line);
  await writeManifest(target, manifest);
}

/** What must agree. */
const PARTS = ["version", "model", "limit", "benchmarks"] as const;

async function readAll(folders: readonly string[]): Promise<JournalLine[]> {
  const places = new Map<string, string>();
  const all: JournalLine[] = [];
  for (const folder of folders)
    for (const line of await Journal.read(folder)) {
      const place = `${line.benchmark}/${line.id}`;
      const before = places.get(place);
      if (before !== undefined) throw twice(folder, place, before);
      places.set(place, folder);
      all.push(line);
    }
  return all;
}

function twice(folder: string, place: string, before: string): EvalRunError {
  const hint = "give each shard once";
  return new EvalRunError(folder, "samples of its own", `${place}, which ${before} has too`, hint);
}
