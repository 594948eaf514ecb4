import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Benchmark, DataFile } from "../benchmark.ts";
import { countRows } from "./count-rows.ts";
import { EvalDataError } from "./eval-data-error.ts";
import { isThere } from "./is-there.ts";

/** What was found of a benchmark's data. */
export interface DataCheck {
  readonly benchmark: string;
  /** Files that are there, of those that were published. */
  readonly found: number;
  /** Files whose hash is the published one; of others none is known. */
  readonly verified: number;
  /** Files that a run of all tasks needs and that are not there. */
  readonly missing: readonly string[];
  /** Files that are not what was published: another hash, or another number of rows. */
  readonly changed: readonly string[];
  /** Questions that can be asked, by task. */
  readonly samples: Readonly<Record<string, number>>;
  /** Why none can be asked; undefined: they can. */
  readonly error: string | undefined;
}

/** Looks at the data of a benchmark: files, hashes, numbers of rows, and whether all rows can be read. */
export async function checkData(
  benchmark: Benchmark,
  dataDirectory: string,
  signal?: AbortSignal,
): Promise<DataCheck> {
  const directory = join(dataDirectory, benchmark.folder ?? benchmark.name);
  const states: FileState[] = [];
  for (const file of benchmark.files) states.push(await stateOf(directory, file, signal));
  const of = (state: FileState): string[] =>
    benchmark.files.filter((_, index) => states[index] === state).map(({ path }) => path);
  return {
    benchmark: benchmark.name,
    found: states.filter((state) => state !== "absent" && state !== "missing").length,
    verified: of("verified").length,
    missing: of("missing"),
    changed: of("changed"),
    ...(await loadCounts(benchmark, directory, signal)),
  };
}

/** `absent`: it is not there, and need not be. */
type FileState = "absent" | "missing" | "changed" | "verified" | "found";

async function stateOf(
  directory: string,
  { path, sha256, rows, isOptional = false }: DataFile,
  signal: AbortSignal | undefined,
): Promise<FileState> {
  const file = join(directory, path);
  if (!(await isThere(file))) return isOptional ? "absent" : "missing";
  if (sha256 !== undefined)
    return (await sha256Of(file, signal)) === sha256 ? "verified" : "changed";
  return rows === undefined || (await hasRows(file, rows, signal)) ? "found" : "changed";
}

/** A table may have a header besides. */
async function hasRows(
  file: string,
  rows: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    const found = await countRows(file, signal);
    return found === rows || (file.endsWith(".csv") && found === rows + 1);
  } catch (error) {
    if (error instanceof EvalDataError) return false;
    throw error;
  }
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
