import type { Extract } from "../../choice/choice-sample.ts";

/** What a letter stands in; all of bounded length, so that a search is one pass over the text. */
const SINGLE = [
  /答案(?:选项)?[是为]：? ?([ABCD])/,
  /答案[是为]选项 ?([ABCD])/,
  /故?选择?：? ?([ABCD])/,
  /([ABCD]) ?选?项[是为]?正确/,
  /正确的?选项[是为] ?([ABCD])/,
  /答案(?:应该)?[是为]([ABCD])/,
  /选项 ?([ABCD]) ?[是为]?正确/,
  /选择答案 ?([ABCD])/,
  /答案?：?([ABCD])/,
  /([ABCD])(?:选?项)?是?符合题意/,
  /答案选项：? ?([ABCD])/,
];
const WEAK = /[^不]是：? ?([ABCD])/;
const LETTER = /[ABCD]/;
const LETTERS = /[ABCD]/g;

/**
 * Finds the letter in a generated answer, by the original's rules in their order: the first character; patterns; the
 * nearest letter before 当选 or 正确; the only letter there is. The original draws one where there is none.
 *
 * The original's patterns with `.*?` take quadratic time; here each of them is a search per line.
 *
 * @see CMMLU src/mp_utils.py `extract_choice` at d6e7b71
 */
export const extractChoice: Extract = (text) => {
  if (/^[ABCD]/.test(text)) return text.charAt(0);
  for (const pattern of SINGLE) {
    const letter = pattern.exec(text)?.[1];
    if (letter !== undefined) return letter;
  }
  return (
    letterAfterIs(text) ??
    letterBefore(text, "当选") ??
    letterBefore(text, "正确") ??
    WEAK.exec(text)?.[1] ??
    onlyLetter(text)
  );
};

/** `答案(选项)?为(.*?)([ABCD])` */
function letterAfterIs(text: string): string | null {
  for (const line of text.split("\n")) {
    const start = line.search(/答案(?:选项)?为/);
    const letter = start < 0 ? undefined : LETTER.exec(line.slice(start))?.[0];
    if (letter !== undefined) return letter;
  }
  return null;
}

/** `([ABCD])(.*?)当选`, sought again in its match but the first character, as long as there is one. */
function letterBefore(text: string, end: string): string | null {
  for (const line of text.split("\n")) {
    const start = line.search(LETTER);
    const stop = start < 0 ? -1 : line.indexOf(end, start);
    if (stop >= 0) return line.slice(start, stop).match(LETTERS)?.at(-1) ?? null;
  }
  return null;
}

/** `^[^ABCD]*([ABCD])[^ABCD]*$` */
function onlyLetter(text: string): string | null {
  const start = text.search(LETTER);
  return start < 0 || LETTER.test(text.slice(start + 1)) ? null : text.charAt(start);
}
