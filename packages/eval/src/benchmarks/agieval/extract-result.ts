/**
 * Results of mathematics in an output, as AGIEval's own code reads them.
 *
 * @see AGIEval src/post_process.py `parse_math_answer` at 5c77d07
 */
import { strip } from "../../python/text.ts";
import { lastBoxed } from "../math/boxed.ts";

const PREFIXES = ["The answer is therefore", "答案是"];

/** What follows the words that examples have before an answer: the first where a text begins with them, else the last. */
export function withoutPrefix(text: string): string {
  return PREFIXES.reduce((rest, prefix) => {
    const at = rest.startsWith(prefix) ? 0 : rest.lastIndexOf(prefix);
    return at < 0 ? rest : strip(rest.slice(at + prefix.length));
  }, text);
}

/** Reads a result: the last box, else what the last line with two dollar signs has between them, else the last number. */
export function readResult(output: string): string | null {
  const text = withoutPrefix(output);
  if (text.includes("\\boxed")) return inLastBox(text);
  return betweenDollars(text) || behindEqualsOrNumber(text);
}

/** Only `\boxed{…}` with all its braces. */
function inLastBox(text: string): string | null {
  const boxed = lastBoxed(text);
  return boxed === null ? null : behindEquals(boxed);
}

function behindEquals(text: string): string {
  const at = text.lastIndexOf("=");
  return at < 0 ? text : text.slice(at + 1).replace(/^ +/, "");
}

/** From the first to the last dollar sign of the last line that has two. */
function betweenDollars(text: string): string | null {
  const line = text.split("\n").findLast((one) => one.indexOf("$") < one.lastIndexOf("$"));
  return line === undefined
    ? null
    : behindEquals(line.slice(line.indexOf("$") + 1, line.lastIndexOf("$")));
}

/** Digits and letters are Unicode's: `30个` is no number, as 个 belongs to its word. */
const NUMBERS = /\$?(?<!\p{Nd})\p{Nd}+(?:\.\p{Nd}+)?(?![\p{L}\p{N}_])/gu;

function behindEqualsOrNumber(text: string): string | null {
  if (!text.includes("=")) return text.match(NUMBERS)?.at(-1) ?? null;
  const [before = ""] = withoutLastDots(behindEquals(text)).split("\\n");
  return before;
}

function withoutLastDots(text: string): string {
  let end = text.length;
  while (text[end - 1] === ".") end--;
  return text.slice(0, end);
}
