import { join } from "node:path";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { isThere } from "../../data/is-there.ts";
import { readText } from "../../data/read-file.ts";
import type { SentencePair } from "./flores-prompt.ts";
import { CHINESE, type Language } from "./languages.ts";

/** Part of the data. */
export type FloresPart = "dev" | "devtest";

/** Where the files of a release lie, and what they are called. */
export interface FloresRelease {
  readonly folder: string;
  readonly code: "code101" | "code200";
}

/** FLORES-101, and FLORES-200, which has the same sentences. */
export const FLORES_101: FloresRelease = { folder: "flores101_dataset", code: "code101" };
const FLORES_200: FloresRelease = { folder: "flores200_dataset", code: "code200" };

/** The release that lies in the benchmark's folder; FLORES-101 if both do, or none. */
export async function findRelease(directory: string): Promise<FloresRelease> {
  const has = (release: FloresRelease): Promise<boolean> =>
    isThere(join(directory, floresPath(release, "devtest", CHINESE)));
  return !(await has(FLORES_101)) && (await has(FLORES_200)) ? FLORES_200 : FLORES_101;
}

/** Path of a file below the benchmark's folder, e.g. `flores101_dataset/devtest/eng.devtest`. */
export function floresPath(
  { folder, code }: FloresRelease,
  part: FloresPart,
  language: Language,
): string {
  return `${folder}/${part}/${language[code]}.${part}`;
}

/**
 * Reads Chinese sentences and their translations.
 *
 * @throws {EvalDataError} for an empty line, and if the files have not as many lines.
 */
export async function readPairs(
  directory: string,
  release: FloresRelease,
  part: FloresPart,
  { target, signal }: { readonly target: Language; readonly signal?: AbortSignal | undefined },
): Promise<SentencePair[]> {
  const fileOf = (language: Language): string =>
    join(directory, floresPath(release, part, language));
  const file = fileOf(target);
  const [sources, targets] = await Promise.all([
    readSentences(fileOf(CHINESE), signal),
    readSentences(file, signal),
  ]);
  if (sources.length !== targets.length)
    throw new EvalDataError({
      file,
      expected: `${sources.length} sentences, as in Chinese`,
      actual: `${targets.length}`,
    });
  return sources.map((source, row) => ({ source, target: targets[row] ?? "" }));
}

/** A sentence a line. */
async function readSentences(file: string, signal: AbortSignal | undefined): Promise<string[]> {
  const lines = (await readText(file, signal)).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, index) => {
    const sentence = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (sentence.trim() !== "") return sentence;
    throw new EvalDataError({
      file,
      row: index + 1,
      expected: "a sentence",
      actual: "an empty line",
    });
  });
}
