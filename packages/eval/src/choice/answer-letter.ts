import { EvalDataError } from "../data/eval-data-error.ts";

/**
 * The letter that is right, as a row says it.
 *
 * @throws {EvalDataError} if it says something else.
 */
export function answerLetter(
  text: string,
  where: { readonly file: string; readonly row: number },
): string {
  if (/^[A-D]$/.test(text)) return text;
  throw new EvalDataError({ ...where, expected: "A to D for an answer", actual: text });
}
