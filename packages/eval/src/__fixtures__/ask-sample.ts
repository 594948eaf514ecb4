import type { PromptTools, Sample, Task } from "../benchmark.ts";
import type { EvalRequest, GenerateRequest } from "../eval-request.ts";

/** Stands in for a tokenizer: a token per byte. */
export const byteTools: PromptTools = { countTokens: (text) => Buffer.byteLength(text) };

/** A sample by its id. */
export function sampleOf(tasks: readonly Task[], id: string): Sample | undefined {
  return tasks.flatMap(({ samples }) => samples).find((sample) => sample.id === id);
}

/** What a sample asks. */
export function requestOf(sample: Sample | undefined, tools = byteTools): EvalRequest {
  if (sample === undefined) throw new TypeError("expected a sample, got none");
  return sample.request(tools);
}

/** What a sample asks to be generated. */
export function generationOf(sample: Sample | undefined): GenerateRequest {
  const request = requestOf(sample);
  if (request.kind === "generate") return request;
  throw new TypeError(`expected a sample that asks for a text, got ${request.kind}`);
}

/** The prompt that a sample asks with, or its texts that each end with a letter. */
export function textsOf(sample: Sample | undefined, tools = byteTools): readonly string[] {
  const request = requestOf(sample, tools);
  return request.kind === "perplexity" ? request.texts : [request.prompt];
}

/** The prompt that a sample asks with, or the first of its texts. */
export function promptOf(sample: Sample | undefined, tools = byteTools): string {
  return textsOf(sample, tools)[0] ?? "";
}
