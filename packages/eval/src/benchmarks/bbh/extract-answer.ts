import { findBetween } from "../../python/between.ts";
import { lstrip, PYTHON_SPACE, rstrip, strip } from "../../python/text.ts";

/** What comes before an answer in the worked examples. */
const CUE = "answer is ";
const CUE_ANY_CASE = new RegExp(`answer is[${PYTHON_SPACE}]*:?[${PYTHON_SPACE}]*`, "giu");
const STATED = /the answer is ([^\n]*)[^\n]/u;
const WORD = /^(yes|no|true|false)(?![\p{L}\p{N}_])/iu;
const NUMBERS_AND_COMMA = new RegExp(`\\p{Nd}[${PYTHON_SPACE}]*,[${PYTHON_SPACE}]*\\p{Nd}`, "u");
const SPACES = new RegExp(`[${PYTHON_SPACE}]+`, "g");

/**
 * The letter behind the first `answer is `: one that stands in a bracket, else any capital, also that of a word; else the text.
 *
 * @see opencompass/datasets/bbh.py `bbh_mcq_postprocess` at b885ec84 and a5acc4b
 */
export function letterOf(text: string): string {
  const answer = behindCue(text);
  return /\(([A-Z])/.exec(answer)?.[1] ?? /[A-Z]/.exec(answer)?.[0] ?? answer;
}

/**
 * The line behind the first `answer is `, or the text's first, without one final full stop.
 *
 * @see opencompass/datasets/bbh.py `bbh_freeform_postprocess` at b885ec84
 */
export function lineOf(text: string): string {
  return withoutStop(firstLine(behindCue(text)));
}

/**
 * The line behind the last `answer is`, in any case and with a colon or not; what is bold in it; yes, no, true and false alone;
 * spaces for commas.
 *
 * @see opencompass/datasets/bbh.py `bbh_freeform_postprocess` at a5acc4b
 */
export function plainLineOf(text: string): string {
  const line = strip(withoutStop(strip(firstLine(behindLastCue(text)))));
  const [bold] = findBetween(line, "**", "**");
  const answer = bold === undefined ? line : strip(bold);
  const word = WORD.exec(answer)?.[1];
  if (word !== undefined) return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
  const list = NUMBERS_AND_COMMA.test(answer) ? answer : withoutCommas(answer);
  return strip(list.replaceAll(SPACES, " "));
}

/**
 * The line behind the first `the answer is `, without its last character, which should be a full stop; null: there is none.
 *
 * @see lm-evaluation-harness lm_eval/tasks/bbh/cot_fewshot/_cot_fewshot_template_yaml at 4e7e0d4
 */
export function statedAnswer(text: string): string | null {
  const answer = STATED.exec(text)?.[1];
  return answer === undefined ? null : strip(answer);
}

/** `text.split("answer is ")[1].strip()`, or the text. */
function behindCue(text: string): string {
  const [, behind] = text.split(CUE, 2);
  return behind === undefined ? text : strip(behind);
}

function behindLastCue(text: string): string {
  let end: number | undefined;
  for (const { index, 0: cue } of text.matchAll(CUE_ANY_CASE)) end = index + cue.length;
  return end === undefined ? text : strip(text.slice(end));
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function withoutStop(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
}

/** `re.sub(r"\s*,\s*", " ", text)`, which looks at a run of spaces again from each of its places. */
function withoutCommas(text: string): string {
  const pieces = text.split(",");
  const last = pieces.length - 1;
  return pieces
    .map((piece, index) => (index === last ? piece : rstrip(piece)))
    .map((piece, index) => (index === 0 ? piece : lstrip(piece)))
    .join(" ");
}
