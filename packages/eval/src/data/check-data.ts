import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Benchmark } from "../benchmark.ts";
import { EvalDataError } from "./eval-data-error.ts";
import { hasFile } from "./read-file.ts";

/** What was found of a benchmark's data. */
export interface DataCheck {
  readonly benchmark: string;
  /** Files that are there, of those that were published. */
  readonly found: number;
  /** Files that a run needs and that are not there. */
  readonly missing: readonly string[];
  /** Files that are not what was published. */
  readonly changed: readonly string[];
  /** Files whose hash is the published one; of others none is known. */
  readonly verified: number;
  /** Questions that can be asked, by task. */
  readonly samples: Readonly<Record<string, number>>;
  /** Why none can be asked; undefined: they can. */
  readonly error: string | undefined;
}

/** Looks at the data of a benchmark: files, hashes, and whether all rows can be read. */
export async function checkData(
  benchmark: Benchmark,
  dataDirectory: string,
  signal?: AbortSignal,
): Promise<DataCheck> {
  const directory = join(dataDirectory, benchmark.folder ?? benchmark.name);
  const missing: string[] = [];
  const changed: string[] = [];
  let [found, verified] = [0, 0];
  for (const { path, sha256, isOptional } of benchmark.files) {
    const file = join(directory, path);
    if (!(await hasFile(file))) {
      if (!isOptional) missing.push(path);
      continue;
    }
    found++;
    if (sha256 === undefined) continue;
    if ((await sha256Of(file, signal)) === sha256) verified++;
    else changed.push(path);
  }
  const loaded = await loadCounts(benchmark, directory, signal);
  return { benchmark: benchmark.name, found, missing, changed, verified, ...loaded };
}

async function loadCounts(
  benchmark: Benchmark,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<Pick<DataCheck, "samples" | "error">> {
  try {
    const tasks = await benchmark.load({ directory, recipe: "readme", signal });
    const counts = tasks.map(({ name, samples }) => [name, samples.length] as const);
    return { samples: Object.fromEntries(counts), error: undefined };
  } catch (error) {
    if (error instanceof EvalDataError) return { samples: {}, error: error.message };
    throw error;
  }
}

async function sha256Of(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest("hex");
}
