import { fileURLToPath } from "node:url";
import type { Grade, Sample } from "../benchmark.ts";
import type { EvalRequest } from "../eval-request.ts";

/** Folder of made-up rows, laid out as a benchmark's own. */
export function madeUpRows(benchmark: string): string {
  return fileURLToPath(new URL(`data/${benchmark}`, import.meta.url));
}

/** What a sample asks, of a model with a token for each character. */
export function requestOf(sample: Sample | undefined): EvalRequest {
  if (sample === undefined) throw new Error("no such sample");
  return sample.request({ countTokens: (text) => text.length });
}

/** The prompt of a sample that asks with one. */
export function promptOf(sample: Sample | undefined): string {
  const request = requestOf(sample);
  return "prompt" in request ? request.prompt : "";
}

/** The grade of a text that a model generated. */
export async function gradeText(sample: Sample | undefined, text: string): Promise<Grade> {
  if (sample === undefined) throw new Error("no such sample");
  return sample.grade(
    { kind: "generate", texts: [text], finishReasons: ["stop"], truncatedTokens: 0 },
    { python: undefined },
  );
}

/** The grade of letters' scores. */
export async function gradeScores(
  sample: Sample | undefined,
  scores: readonly number[],
): Promise<Grade> {
  if (sample === undefined) throw new Error("no such sample");
  return sample.grade({ kind: "letters", scores, truncatedTokens: 0 }, { python: undefined });
}

/** A megabyte of a piece. */
export function megabyteOf(piece: string): string {
  return piece.repeat(Math.ceil(2 ** 20 / piece.length));
}
