import type { AnswerMode, Grade, Sample } from "../benchmark.ts";
import type { EvalRequest, EvalResponse, LetterIds } from "../eval-request.ts";
import { questionLines, type ChoiceQuestion } from "./choice-question.ts";
import { joinPieces, type PromptPieces, type Shorten } from "./prompt-pieces.ts";

/**
 * What is compared: the logits of the letters behind the prompt; the log-likelihoods of the letters with what separates them
 * from it; or, OpenCompass's way, the mean cross-entropies of prompts that each end with one of the letters.
 */
export type Comparison =
  | { readonly kind: "letters"; readonly ids: LetterIds }
  | { readonly kind: "logLikelihood"; readonly delimiter: string }
  | { readonly kind: "perplexity"; readonly textOf: (prompt: string, letter: string) => string };

/** Finds a letter in a generated answer; null: there is none. */
export type Extract = (text: string) => string | null;

/** What a sample is made of. */
export interface ChoiceSampleParts {
  readonly id: string;
  readonly question: ChoiceQuestion;
  readonly letters: readonly string[];
  readonly pieces: PromptPieces;
  readonly shorten: Shorten;
  readonly compare: Comparison;
  readonly mode: AnswerMode;
  readonly extract: Extract;
  /** Of a generated answer. Default 256. */
  readonly maxNewTokens?: number | undefined;
}

/** New tokens of a generated answer, which may explain itself. */
const MAX_NEW_TOKENS = 256;

/** A question whose answer is a letter. */
export function choiceSample(parts: ChoiceSampleParts): Sample {
  const { id, question, letters, pieces, shorten, extract } = parts;
  return {
    id,
    question: questionLines(question),
    basis: () => question.answer ?? "",
    request({ countTokens }) {
      const prompt = joinPieces(shorten(pieces, countTokens));
      return parts.mode === "generate" ? generation(parts, prompt) : comparison(parts, prompt);
    },
    grade: (response) => gradeOf(answerOf(response, letters, extract), question.answer),
  };
}

function generation(
  { maxNewTokens = MAX_NEW_TOKENS }: ChoiceSampleParts,
  prompt: string,
): EvalRequest {
  return { kind: "generate", prompt, maxNewTokens, stop: [] };
}

function comparison({ compare, letters }: ChoiceSampleParts, prompt: string): EvalRequest {
  switch (compare.kind) {
    case "letters":
      return { kind: "letters", prompt, letters, ids: compare.ids };
    case "logLikelihood":
      return {
        kind: "logLikelihood",
        prompt,
        continuations: letters.map((letter) => `${compare.delimiter}${letter}`),
      };
    case "perplexity":
      return { kind: "perplexity", texts: letters.map((letter) => compare.textOf(prompt, letter)) };
  }
}

function answerOf(
  response: EvalResponse,
  letters: readonly string[],
  extract: Extract,
): string | null {
  switch (response.kind) {
    case "letters":
      return letters[indexOfMost(response.scores)] ?? null;
    case "logLikelihood":
      return letters[indexOfMost(response.logLikelihoods)] ?? null;
    case "perplexity":
      return letters[indexOfMost(response.losses.map((loss) => -loss))] ?? null;
    case "generate":
      return extract(response.texts[0] ?? "");
  }
}

/** The first of several that are the most: ties happen in bfloat16. */
function indexOfMost(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

function gradeOf(answer: string | null, gold: string | null): Grade {
  return { answer, gold, score: gold === null ? null : Number(answer === gold) };
}
