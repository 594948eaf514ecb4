import type { LoadOptions } from "../../benchmark.ts";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { hasFile } from "../../data/read-file.ts";
import type { SentencePair } from "./flores-prompt.ts";
import { CHINESE, type TargetLanguage } from "./languages.ts";
import { floresFile, readPairs, type FloresRelease } from "./load-flores.ts";

/** Sentences that are asked, and those that examples are chosen from. */
export interface FloresRows {
  readonly asked: readonly SentencePair[];
  readonly pool: readonly SentencePair[];
  /** Where the pool is from. */
  readonly origin: string;
}

/** Rows of `devtest` that are asked, at most. */
const SPLITS: Readonly<Record<string, number>> = { "devtest-100": 100, devtest: Infinity };

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
  const limit = namedOption(options, "split", SPLITS, "devtest-100");
  if (shots === 0) return { asked: rows.slice(0, limit), pool: [], origin: "dev" };
  if (await isHeldOut(options, release, target)) {
    const asked = rows.slice(0, Math.min(limit, Math.max(0, rows.length - shots)));
    const origin = `devtest from row ${asked.length} on, which is not asked`;
    return { asked, pool: rows.slice(asked.length), origin };
  }
  const pool = await readPairs(directory, release, "dev", { target, signal });
  return { asked: rows.slice(0, limit), pool, origin: "dev" };
}

async function isHeldOut(
  { directory, heldOutShots = false }: LoadOptions,
  release: FloresRelease,
  target: TargetLanguage,
): Promise<boolean> {
  const files = [CHINESE, target].map((one) => floresFile(directory, release, "dev", one));
  const found = await Promise.all(files.map(hasFile));
  return heldOutShots && !found.every(Boolean);
}

/** The value that an option names. @throws {EvalDataError} for a name that is none. */
export function namedOption<Value>(
  { directory, ...options }: LoadOptions,
  option: "prompt" | "split",
  values: Readonly<Record<string, Value>>,
  byDefault: string,
): Value {
  const name = options[option] ?? byDefault;
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value !== undefined) return value;
  throw new EvalDataError({
    file: directory,
    expected: `a ${option} of ${Object.keys(values).join(", ")}`,
    actual: name,
  });
}
