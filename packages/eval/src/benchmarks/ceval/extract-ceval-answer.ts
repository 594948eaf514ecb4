import type { Extract } from "../../choice/choice-sample.ts";
import { PYTHON_SPACE, strip } from "../../python/text.ts";

const SPACE = `[${PYTHON_SPACE}]?`;
const OPTION = `${SPACE}选?项?${SPACE}`;

/** Of bounded length each, so that a search is one pass over the text. */
const PATTERNS = [
  "^选",
  "^选项",
  `答案是${OPTION}`,
  `答案为${OPTION}`,
  `答案应为${OPTION}`,
  `答案选${OPTION}`,
  `答案是:${OPTION}`,
  `答案应该是:${OPTION}`,
  `正确的一项是${SPACE}`,
  `答案为:${OPTION}`,
  `答案应为:${OPTION}`,
  `答案:${OPTION}`,
  `答案是：${OPTION}`,
  `答案应该是：${OPTION}`,
  `答案为：${OPTION}`,
  `答案应为：${OPTION}`,
  `答案：${OPTION}`,
].map((before) => new RegExp(`${before}([A-D])`, "g"));

/**
 * Finds the letter in a generated answer: the first character, or the last match of the first pattern that has any.
 *
 * The original reads answers so where there are no examples; where there are, it takes nothing but the bare letter.
 *
 * @see C-Eval code/evaluator_series/evaluators/chatgpt.py `extract_ans` at cba65ae
 */
export const extractCevalAnswer: Extract = (text) => {
  const stripped = strip(text);
  if (/^[A-D]/.test(stripped)) return stripped.charAt(0);
  for (const pattern of PATTERNS) {
    const letter = [...stripped.matchAll(pattern)].at(-1)?.[1];
    if (letter !== undefined) return letter;
  }
  return null;
};
