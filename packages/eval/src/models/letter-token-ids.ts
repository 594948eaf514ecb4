import type { Tokenizer } from "@baichuan2/tokenizer";
import type { LetterIds } from "../eval-request.ts";
import { LetterError } from "./letter-error.ts";
import { letterSpellings } from "./letter-spellings.ts";

/**
 * Tokens that stand for a letter: 92343 is Baichuan2's `A`, 1401 its `▁A`. The original takes the last token of a spelling; where it
 * has several, that may be another letter's (`▁` `C` ends as `C`), so such spellings are left out.
 *
 * @throws {LetterError} if no spelling is one token.
 * @see Baichuan-7B evaluation/evaluate_mmlu.py at 6f3ef46: `tokenizer("A").input_ids[-1]`
 */
export function letterTokenIds(
  tokenizer: Pick<Tokenizer, "encode">,
  letter: string,
  ids: LetterIds,
): readonly number[] {
  const spellings = letterSpellings(letter, ids);
  const encoded = spellings.map((spelling) => tokenizer.encode(spelling));
  const single = encoded.filter(({ length }) => length === 1).flat();
  if (single.length > 0) return single;
  const expected = `one token for ${spellings.map((text) => JSON.stringify(text)).join(" or ")}`;
  const counts = encoded.map(({ length }) => length);
  const hint = ids === "spaced" ? "use --letters bare" : "use --answers generate";
  throw new LetterError(letter, expected, counts, hint);
}
