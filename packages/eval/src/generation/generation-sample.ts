import type { Grade, PromptTools, Sample } from "../benchmark.ts";

/** What a sample is made of. */
export interface GenerationSampleParts {
  readonly id: string;
  readonly question: string;
  /** The prompt, or what makes it of the room that there is. */
  readonly prompt: string | ((tools: PromptTools) => string);
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
    basis: () => gradeText("").gold ?? "",
    request: (tools) => ({
      kind: "generate",
      prompt: typeof prompt === "string" ? prompt : prompt(tools),
      maxNewTokens,
      stop,
    }),
    grade(response) {
      if (response.kind === "generate") return gradeText(response.texts[0] ?? "");
      throw new TypeError(`${id}: expected a generated answer, got ${response.kind}`);
    },
  };
}
