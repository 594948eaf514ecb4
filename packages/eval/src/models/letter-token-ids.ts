import type { Tokenizer } from "@baichuan2/tokenizer";
import type { LetterIds } from "../eval-request.ts";
import { letterSpellings } from "./letter-spellings.ts";

/**
 * Tokens that stand for a letter: 92343 is Baichuan2's `A`, 1401 its `▁A`.
 *
 * @see Baichuan-7B evaluation/evaluate_mmlu.py at 6f3ef46: `tokenizer("A").input_ids[-1]`
 */
export function letterTokenIds(
  tokenizer: Pick<Tokenizer, "encode">,
  letter: string,
  ids: LetterIds,
): readonly number[] {
  return letterSpellings(letter, ids).map((spelling) => tokenizer.encode(spelling).at(-1) ?? -1);
}
