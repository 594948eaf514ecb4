import { strip } from "../../python/text.ts";
import { lastBoxed } from "./boxed.ts";
import { normalizeMinerva, normalizeOpenCompass } from "./normalize-answer.ts";

const FINAL = "Final Answer: The final answer is";
const HOPE = " I hope it is correct";

/**
 * The first sentence that has `final answer`, or the first; sentences end at any point, also that of `0.5`.
 *
 * @see opencompass/datasets/math.py `math_postprocess` at b885ec84
 */
export function finalSentence2023(text: string): string {
  return normalizeOpenCompass(sentenceWith(/final answer/, text), "2023");
}

/**
 * As {@link finalSentence2023}, normalised as of 2026.
 *
 * @see opencompass/datasets/math.py `math_postprocess` at a5acc4b
 */
export function finalSentence(text: string): string {
  return normalizeOpenCompass(sentenceWith(/final answer/, text), "head");
}

/**
 * What stands in the last box, as it is; else the first sentence that has `final answer` or `answer is`, or the first.
 *
 * @see opencompass/datasets/math.py `math_postprocess_v2` at a5acc4b
 */
export function boxedOrSentence(text: string): string {
  const boxed = lastBoxed(text) ?? "";
  const bare = /^\{([^\n]*)\}\n?$/.exec(boxed)?.[1] ?? boxed;
  if (bare !== "") return bare;
  return normalizeOpenCompass(sentenceWith(/final answer|answer is/, text), "head");
}

/**
 * What Minerva's examples have before `I hope it is correct`; null: it is nowhere.
 *
 * @see lm-evaluation-harness lm_eval/tasks/minerva_math/utils.py `get_unnormalized_answer` at 4e7e0d4
 */
export function minervaAnswer(text: string): string | null {
  // What stops a generation may have cut it off.
  for (const line of `${text}I hope it is correct.`.split("\n")) {
    const start = line.indexOf(FINAL) + FINAL.length;
    const end = start < FINAL.length ? -1 : line.indexOf(HOPE, start + 1);
    // A character stands before it, which is not read, and one behind.
    if (end >= 0 && end + HOPE.length < line.length)
      return normalizeMinerva(strip(withoutLast(line.slice(start, end))));
  }
  return null;
}

/**
 * What stands between the first dollar sign and the last; all, if there are not two.
 *
 * @see lm-evaluation-harness lm_eval/tasks/hendrycks_math/utils.py `process_results` at 4e7e0d4
 */
export function betweenDollars(text: string): string {
  const [first, last] = [text.indexOf("$"), text.lastIndexOf("$")];
  return first === last ? text : text.slice(first + 1, last);
}

function sentenceWith(cue: RegExp, text: string): string {
  const sentences = text.split(".");
  return sentences.find((sentence) => cue.test(sentence.toLowerCase())) ?? sentences[0] ?? "";
}

/** Without its last code point. */
function withoutLast(text: string): string {
  const last = String.fromCodePoint(text.codePointAt(text.length - 2) ?? 0);
  return text.slice(0, last.length === 2 ? -2 : -1);
}
