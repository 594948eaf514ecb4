import type { Grade, Sample } from "../benchmark.ts";

/** What a sample is made of. */
export interface GenerationSampleParts {
  readonly id: string;
  readonly question: string;
  readonly prompt: string;
  readonly maxNewTokens: number;
  readonly stop: readonly string[];
  readonly gradeText: (text: string) => Grade;
}

/** A question whose answer is generated once, the likeliest token each time, and read. */
export function generationSample(parts: GenerationSampleParts): Sample {
  const { id, question, prompt, maxNewTokens, stop, gradeText } = parts;
  return {
    id,
    question,
    request: () => ({ kind: "generate", prompt, maxNewTokens, stop }),
    grade(response) {
      if (response.kind === "generate") return gradeText(response.texts[0] ?? "");
      throw new TypeError(`${id}: expected a generated answer, got ${response.kind}`);
    },
  };
}
