import type { EvalRequest } from "../../../eval-request.ts";

/** What a model was asked, and what it was to choose from; none: it wrote. */
export interface Asked {
  readonly prompt: string;
  readonly options: readonly string[];
}

/** Prompt and options of a request. Whole texts are taken apart where they begin to differ. */
export function askedOf(request: EvalRequest): Asked {
  switch (request.kind) {
    case "letters":
      return { prompt: request.prompt, options: request.letters };
    case "logLikelihood":
      return { prompt: request.prompt, options: request.continuations };
    case "perplexity": {
      const { length } = commonPrefix(request.texts);
      const prompt = (request.texts[0] ?? "").slice(0, length);
      return { prompt, options: request.texts.map((text) => text.slice(length)) };
    }
    case "generate":
      return { prompt: request.prompt, options: [] };
  }
}

function commonPrefix([first = "", ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && first.charCodeAt(same) === other.charCodeAt(same)) same++;
    length = same;
  }
  return first.slice(0, length);
}

/**
 * A prompt in two: what stands before the question, which other samples of the task mostly share, and the rest.
 *
 * @param question - As it is in the prompt, or with a first line that is.
 */
export function splitPrompt(
  prompt: string,
  question: string,
): { readonly before: string; readonly rest: string } {
  const whole = prompt.lastIndexOf(question.trim());
  const line = question.trim().split("\n", 1)[0] ?? "";
  const at = whole > 0 ? whole : Math.max(0, prompt.lastIndexOf(line));
  return { before: prompt.slice(0, at), rest: prompt.slice(at) };
}
