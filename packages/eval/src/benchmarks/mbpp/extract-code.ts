import { PYTHON_SPACE, rstrip, strip } from "../../python/text.ts";

const SPACE = new RegExp(`[${PYTHON_SPACE}]`);
const DONE = new RegExp(`(?:'[${PYTHON_SPACE}]*|)(?:\\[DONE\\]|DONE)`);
const BEGIN = new RegExp(`(?:\\[BEGIN\\]|BEGIN)(?:'[${PYTHON_SPACE}]*|)`);

/**
 * OpenCompass of 2023: what stands between BEGIN and DONE, also where they are parts of names, without a quotation mark at
 * either end. Fences stay, and make a program fail.
 *
 * @see opencompass opencompass/datasets/mbpp.py `_process_answer` at b885ec84
 */
export function code2023(text: string): string {
  const stripped = strip(text);
  const ended = stripped.slice(0, DONE.exec(stripped)?.index);
  const begin = BEGIN.exec(ended);
  const code = strip(begin === null ? ended : ended.slice(begin.index + begin[0].length));
  return code.replace(/^'/, "").replace(/'$/, "");
}

/** Marks that code stands between. */
interface Marks {
  readonly open: string;
  /** A quotation mark follows. */
  readonly opensQuote?: boolean;
  /** Undefined: it goes to the end. */
  readonly close?: string;
  /** A quotation mark precedes. */
  readonly closesQuote?: boolean;
}

/** BEGIN and DONE, each with brackets or without, from the best to the worst. */
const BRACKETS = [
  { open: "[BEGIN]", close: "[DONE]" },
  { open: "BEGIN", close: "[DONE]" },
  { open: "[BEGIN]", close: "DONE" },
  { open: "BEGIN", close: "DONE" },
];

/** Of the original's twenty one is left out, which can match only where one before it does. */
const MARKS: readonly Marks[] = [
  ...BRACKETS.map((marks) => ({ ...marks, opensQuote: true, closesQuote: true })),
  ...BRACKETS.map((marks) => ({ ...marks, opensQuote: true })),
  ...BRACKETS,
  { open: "```python", close: "```" },
  { open: "```", close: "```" },
  { open: "```python" },
  { open: "```" },
  { open: "[BEGIN]", opensQuote: true },
  { open: "[BEGIN]" },
  { open: "'", close: "[DONE]", closesQuote: true },
];

/**
 * OpenCompass of 2026: what stands between the first and the last of the best marks. Its regular expressions take seconds for
 * some answers (and give up then); this takes one pass for each.
 *
 * @see opencompass opencompass/datasets/mbpp.py `_process_answer` at a5acc4b
 */
export function codeHead(text: string): string {
  const found = MARKS.map((marks) => between(text, marks)).find((code) => code !== undefined);
  const code = beforeDone((found ?? text).split("```", 1)[0] ?? "");
  return strip(code.replaceAll("\\_", "_"));
}

/** What stands between two marks, of all such texts the first and longest. */
function between(text: string, { open, opensQuote, close, closesQuote }: Marks) {
  const end = close === undefined ? text.length : lastEnd(text, close, closesQuote ?? false);
  for (let at = text.indexOf(open); at !== -1; at = text.indexOf(open, at + 1)) {
    const next = skipSpace(text, at + open.length);
    if (opensQuote && text[next] !== "'") continue;
    const start = opensQuote ? next + 1 : next;
    return start <= end ? text.slice(start, end) : undefined;
  }
  return undefined;
}

/** Where the text before the last closing mark ends; -1 if there is none. */
function lastEnd(text: string, close: string, closesQuote: boolean): number {
  let at = text.lastIndexOf(close);
  while (closesQuote && at !== -1) {
    const before = skipSpaceBack(text, at) - 1;
    if (text[before] === "'") return before;
    at = at === 0 ? -1 : text.lastIndexOf(close, at - 1);
  }
  return at;
}

/** What stands before the first DONE, and before a bracket, white space and a quotation mark in front of it. */
function beforeDone(text: string): string {
  const at = text.indexOf("DONE");
  if (at === -1) return text;
  const code = rstrip(text.slice(0, text[at - 1] === "[" ? at - 1 : at));
  return code.endsWith("'") ? code.slice(0, -1) : code;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.test(text.charAt(at))) at++;
  return at;
}

function skipSpaceBack(text: string, from: number): number {
  let at = from;
  while (at > 0 && SPACE.test(text.charAt(at - 1))) at--;
  return at;
}
