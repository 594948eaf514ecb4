import type { Tokenizer } from "@baichuan2/tokenizer";

const markers = new Map([
  ["<reserved_106>", 195],
  ["<reserved_107>", 196],
]);

/** One id per code unit, 1000 above it; literal markers become 195 and 196 if asked. */
export const letterTokenizer: Pick<Tokenizer, "encode"> = {
  encode: (text, options) =>
    options?.specialTokens === "parse"
      ? text.split(/(<reserved_10[67]>)/).flatMap((part) => markers.get(part) ?? letters(part))
      : letters(text),
};

/** Ids of a text without markers. */
export function letters(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => 1000 + text.charCodeAt(index));
}
