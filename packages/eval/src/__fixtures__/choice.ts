import { fileURLToPath } from "node:url";
import type { Grade, PromptTools, Sample } from "../benchmark.ts";
import type { EvalResponse } from "../eval-request.ts";

/** Folder of a benchmark's made-up rows. */
export function fixtureRows(benchmark: string): string {
  return fileURLToPath(new URL(`./data/${benchmark}`, import.meta.url));
}

/** Stands in for a tokenizer: a token per byte. */
export const byteTools: PromptTools = { countTokens: (text) => Buffer.byteLength(text) };

/** What is asked: the prompt, or texts that end with the letters. */
export function textsOf(sample: Sample | undefined, tools = byteTools): readonly string[] {
  const request = sample?.request(tools);
  if (request === undefined) return [];
  return request.kind === "perplexity" ? request.texts : [request.prompt];
}

/** The prompt of a sample that has one. */
export function promptOf(sample: Sample | undefined, tools = byteTools): string {
  return textsOf(sample, tools)[0] ?? "";
}

/** Grades what a model told of the letters. */
export async function gradeLetters(sample: Sample, scores: readonly number[]): Promise<Grade> {
  return await gradeResponse(sample, { kind: "letters", scores, truncatedTokens: 0 });
}

/** Grades what a model generated. */
export async function gradeText(sample: Sample, text: string): Promise<Grade> {
  const finishReasons = ["stop"] as const;
  return await gradeResponse(sample, {
    kind: "generate",
    texts: [text],
    finishReasons,
    truncatedTokens: 0,
  });
}

/** Grades a response. */
export async function gradeResponse(sample: Sample, response: EvalResponse): Promise<Grade> {
  return await sample.grade(response, { python: undefined });
}
