import type { Grade, Sample } from "../benchmark.ts";
import type { EvalResponse, GenerateResponse } from "../eval-request.ts";

/** What a model that wrote these texts answers. */
export function generated(...texts: string[]): GenerateResponse {
  return { kind: "generate", texts, finishReasons: texts.map(() => "stop"), truncatedTokens: 0 };
}

/** The grade of a response, where no program may be run. */
export async function gradeResponse(
  sample: Sample | undefined,
  response: EvalResponse,
): Promise<Grade> {
  if (sample === undefined) throw new TypeError("expected a sample, got none");
  return await sample.grade(response, { python: undefined });
}

/** The grade of a text that a model wrote. */
export async function gradeText(sample: Sample | undefined, text: string): Promise<Grade> {
  return await gradeResponse(sample, generated(text));
}

/** The grade of letters' scores. */
export async function gradeLetters(
  sample: Sample | undefined,
  scores: readonly number[],
): Promise<Grade> {
  return await gradeResponse(sample, { kind: "letters", scores, truncatedTokens: 0 });
}
