import type { Grade, Sample, Task } from "../benchmark.ts";
import type { GenerateRequest } from "../eval-request.ts";

/** What a sample asks to be generated. */
export function generationOf(sample: Sample | undefined): GenerateRequest {
  const request = sample?.request({ countTokens: (text) => text.length });
  if (request?.kind === "generate") return request;
  throw new TypeError(`expected a sample that asks for a text, got ${request?.kind}`);
}

/** The grade of an answer. */
export async function gradeText(sample: Sample | undefined, text: string): Promise<Grade> {
  if (sample === undefined) throw new TypeError("expected a sample, got none");
  const finishReasons = ["stop"] as const;
  return await sample.grade(
    { kind: "generate", texts: [text], finishReasons, truncatedTokens: 0 },
    { python: undefined },
  );
}

/** A sample by its id. */
export function sampleOf(tasks: readonly Task[], id: string): Sample | undefined {
  return tasks.flatMap(({ samples }) => samples).find((sample) => sample.id === id);
}
