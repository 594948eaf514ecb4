import type { PieceTexts } from "./piece-texts.ts";
import { TokenDecoder } from "./token-decoder.ts";

/**
 * Decodes as `BaichuanTokenizer.convert_tokens_to_string` of the published repositories: control and
 * unknown tokens are written as their literals, the runs between them are decoded each by itself.
 *
 * Before a run that such a token ends, one space is written (not before the token: `[a, </s>]` gives
 * ` a</s>`). The class took this from LLaMA's, where the space makes up for the dummy prefix that each
 * run loses; Baichuan2 has no dummy prefix, so there the space is extra. Kept: this mode is for parity.
 */
export function decodeHfSlow(texts: PieceTexts, tokenIds: readonly number[]): string {
  const { vocabulary } = texts;
  const decoder = new TokenDecoder(texts, false);
  let text = "";
  let run = "";
  let previousIsSpecial = false;
  tokenIds.forEach((tokenId, index) => {
    const isSpecial = vocabulary.isControlOrUnknown(tokenId);
    if (isSpecial) {
      const space = previousIsSpecial || index === 0 ? "" : " ";
      text += space + run + decoder.flush() + vocabulary.piece(tokenId);
      run = "";
    } else run += decoder.pushChecked(tokenId);
    previousIsSpecial = isSpecial;
  });
  return text + run + decoder.flush();
}
