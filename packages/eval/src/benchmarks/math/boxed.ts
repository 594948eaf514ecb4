const BOXED = "\\boxed";
const SPACED = "\\boxed ";

/**
 * What stands in the last `\boxed{…}`, as far as its braces reach; null: there is none, or it has no braces, or `\fbox` instead.
 *
 * @see hendrycks/math modeling/dataset/util.py `last_boxed_only_string`, evaluate_gpt3.py `remove_boxed` at 985bdc1
 */
export function lastBoxed(text: string): string | null {
  const start = text.lastIndexOf(BOXED);
  const from = start + BOXED.length;
  if (start < 0 || text[from] !== "{") return null;
  const end = closingBrace(text, from);
  return end === null ? null : text.slice(from + 1, end);
}

/**
 * As {@link lastBoxed}, but where `\boxed 5` occurs, the last of those up to the next dollar sign.
 *
 * @see lm-evaluation-harness lm_eval/tasks/minerva_math/utils.py `last_boxed_only_string` at 4e7e0d4
 */
export function lastBoxedOrSpaced(text: string): string | null {
  const start = text.lastIndexOf(SPACED);
  if (start < 0) return lastBoxed(text);
  return text.slice(start + SPACED.length).split("$", 1)[0] ?? "";
}

function closingBrace(text: string, opening: number): number | null {
  let depth = 0;
  for (let position = opening; position < text.length; position++) {
    if (text[position] === "{") depth++;
    if (text[position] === "}" && --depth === 0) return position;
  }
  return null;
}
