import type { PromptPieces } from "../../choice/prompt-pieces.ts";
import type { Prompts } from "../../options/choose-prompt.ts";
import { strip } from "../../python/text.ts";
import { CHINESE, type Language } from "./languages.ts";

/** A sentence and its translation. */
export interface SentencePair {
  readonly source: string;
  readonly target: string;
}

/** How a translation is asked for. */
export interface FloresPrompt {
  readonly name: string;
  /** The sentence, as it is asked. */
  readonly question: (source: string, language: Language) => string;
  /** What examples have between it and the translation. */
  readonly separator: string;
  /** What of an output, and of a reference, is compared. */
  readonly clean: (text: string) => string;
}

/**
 * OpenCompass's configurations. Those of the release day are from and to English only; the other directions are theirs with
 * the languages changed.
 *
 * @see opencompass configs/datasets/flores/flores_gen_{aad4fd,806ede}.py at b885ec84
 */
export const FLORES_PROMPTS: Prompts<FloresPrompt> = [
  {
    name: "aad4fd",
    question: (source, { english }) =>
      english === "English" ? `Chinese: ${source}\nEnglish: ` : `${source} = `,
    separator: "",
    clean: (text) => strip(text).split("\n", 1)[0] ?? "",
  },
  {
    name: "806ede",
    question: (source, { english }) =>
      `Translate the following ${CHINESE.english} statements to ${english}.\n${source}`,
    separator: "\n",
    clean: (text) => text,
  },
];

/** The pieces of a prompt. */
export function floresPieces(
  { question, separator }: FloresPrompt,
  language: Language,
  { shots, source }: { readonly shots: readonly SentencePair[]; readonly source: string },
): PromptPieces {
  const shotOf = (shot: SentencePair): string =>
    `${question(shot.source, language)}${separator}${shot.target}\n`;
  return { header: "", shots: shots.map(shotOf), query: question(source, language) };
}
