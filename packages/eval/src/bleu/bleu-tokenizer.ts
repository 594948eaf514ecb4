import { splitWords } from "../python/text.ts";
import { BleuError } from "./bleu-error.ts";
import { JA_MECAB_SIGNATURE, loadJaMecab } from "./ja-mecab/ja-mecab.ts";
import { tokenize13a } from "./tokenize-13a.ts";
import { tokenizeIntl } from "./tokenize-intl.ts";
import { tokenizeZh } from "./tokenize-zh.ts";

/** Names of the ways in which BLEU may see words. */
export const BLEU_TOKENIZERS = ["13a", "intl", "zh", "char", "none", "ja-mecab"] as const;

/** A way in which BLEU may see words: WMT's for Western languages, and those of sacreBLEU's others that need no model. */
export type BleuTokenizer = (typeof BLEU_TOKENIZERS)[number];

/** The tokenizer of a name. @throws {BleuError} for a name that is none. */
export function toBleuTokenizer(name: string): BleuTokenizer {
  const found = BLEU_TOKENIZERS.find((tokenizer) => tokenizer === name);
  if (found) return found;
  const expected = `one of ${BLEU_TOKENIZERS.join(", ")}`;
  throw new BleuError({ where: "tokenize", expected, actual: name });
}

/**
 * Finds the words of a line, as the tokenizer of this name does in sacreBLEU.
 *
 * @throws {BleuError} for `ja-mecab` where the optional package kuromoji is not installed.
 */
export function bleuWords(tokenizer: BleuTokenizer): (line: string) => string[] {
  switch (tokenizer) {
    case "13a":
      return (line) => splitWords(tokenize13a(line));
    case "intl":
      return (line) => splitWords(tokenizeIntl(line));
    case "zh":
      return (line) => splitWords(tokenizeZh(line));
    case "char":
      return (line) => splitWords([...line].join(" "));
    case "none":
      return splitWords;
    case "ja-mecab": {
      const words = loadJaMecab();
      return (line) => splitWords(words(line).join(" "));
    }
  }
}

/** What a signature says behind `tok:`. */
export function tokenizerSignature(tokenizer: BleuTokenizer): string {
  return tokenizer === "ja-mecab" ? JA_MECAB_SIGNATURE : tokenizer;
}
