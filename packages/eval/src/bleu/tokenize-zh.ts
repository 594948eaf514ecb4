import { strip } from "../python/text.ts";
import { separatePunctuation } from "./tokenize-13a.ts";

/**
 * What the original takes for Chinese. Its ranges U+20000 to U+2A6D6 and U+2F800 to U+2FA1D are misspelled and compare as
 * U+2001 to U+2A6D and U+2F81 to U+2FA1: dashes, quotation marks and arrows are Chinese, rare ideographs are not.
 *
 * @see sacrebleu/tokenizers/tokenizer_zh.py at 2.6.0
 */
const CHINESE = new RegExp(
  `[${[
    "\\u3400-\\u4db5", // CJK Unified Ideographs Extension A
    "\\u4e00-\\u9fbb", // CJK Unified Ideographs
    "\\uf900-\\ufa2d", // CJK Compatibility Ideographs
    "\\ufa30-\\ufa6a",
    "\\ufa70-\\ufad9",
    "\\u2001-\\u2a6d", // meant: Extension B
    "\\uff00-\\uffef", // full-width ASCII and punctuation, half-width Katakana
    "\\u2e80-\\u2fdf", // radicals
    "\\u2ff0-\\u303f", // descriptions of characters, punctuation
    "\\u31c0-\\u31ef", // strokes
    "\\u3100-\\u312f", // phonetic symbols
    "\\u31a0-\\u31bf",
    "\\ufe10-\\ufe1f", // vertical forms
    "\\ufe30-\\ufe4f",
    "\\u3200-\\u33ff", // letters and months in circles and squares
  ].join("")}]`,
  "g",
);

/**
 * Each Chinese character is a word; the rest as in 13a.
 *
 * @returns words with white space between them.
 */
export function tokenizeZh(line: string): string {
  return separatePunctuation(strip(line).replace(CHINESE, " $& "));
}
