import { join } from "node:path";
import type { LoadOptions } from "../../benchmark.ts";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { isThere } from "../../data/is-there.ts";
import { checkedOption } from "../../options/checked-option.ts";
import type { SentencePair } from "./flores-prompt.ts";
import { CHINESE, type TargetLanguage } from "./languages.ts";
import { floresPath, readPairs, type FloresRelease } from "./load-flores.ts";

/** Sentences that are asked, and those that examples are chosen from. */
export interface FloresRows {
  readonly asked: readonly SentencePair[];
  readonly pool: readonly SentencePair[];
  /** Where the pool is from. */
  readonly origin: string;
}

/** Rows of `devtest` that are asked, at most. */
const SPLITS = { "devtest-100": 100, devtest: Infinity } as const;

/**
 * Reads the rows of a direction. Examples are from `dev`; where that is not there and they are held out, from behind the rows
 * that are asked.
 *
 * @throws {EvalDataError} as {@link readPairs}, and if there are not enough sentences for examples.
 */
export async function readRows(
  options: LoadOptions & { readonly shots: number },
  release: FloresRelease,
  target: TargetLanguage,
): Promise<FloresRows> {
  const { shots, directory } = options;
  const rows = await splitRows(options, release, target);
  if (rows.pool.length >= shots) return rows;
  throw new EvalDataError({
    file: directory,
    expected: `${shots} sentences for examples`,
    actual: `${rows.pool.length} of ${rows.origin}`,
    hint: "ask for fewer shots",
  });
}

async function splitRows(
  options: LoadOptions & { readonly shots: number },
  release: FloresRelease,
  target: TargetLanguage,
): Promise<FloresRows> {
  const { directory, signal, shots } = options;
  const rows = await readPairs(directory, release, "devtest", { target, signal });
  const limit = limitOf(options);
  if (shots === 0) return { asked: rows.slice(0, limit), pool: [], origin: "dev" };
  if (await isHeldOut(options, release, target)) {
    const asked = rows.slice(0, Math.min(limit, Math.max(0, rows.length - shots)));
    const origin = `devtest from row ${asked.length} on, which is not asked`;
    return { asked, pool: rows.slice(asked.length), origin };
  }
  const pool = await readPairs(directory, release, "dev", { target, signal });
  return { asked: rows.slice(0, limit), pool, origin: "dev" };
}

function limitOf(options: LoadOptions): number {
  const splits = ["devtest-100", "devtest"] as const;
  return SPLITS[checkedOption("split", options.split ?? splits[0], splits)];
}

async function isHeldOut(
  { directory, heldOutShots = false }: LoadOptions,
  release: FloresRelease,
  target: TargetLanguage,
): Promise<boolean> {
  const paths = [CHINESE, target].map((one) => floresPath(release, "dev", one));
  const found = await Promise.all(paths.map((path) => isThere(join(directory, path))));
  return heldOutShots && !found.every(Boolean);
}
