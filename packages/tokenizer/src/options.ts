import { TokenizerError } from "./tokenizer-error.ts";
import type { Compat, SpecialTokenMode } from "./tokenizer.ts";

const MODES: readonly SpecialTokenMode[] = ["text", "parse", "error"];
const COMPATS: readonly Compat[] = ["sentencepiece", "hf-slow"];

/** The mode asked for, `"text"` if none; a misspelt one must not silently mean another. */
export function checkMode(where: string, mode: SpecialTokenMode = "text"): SpecialTokenMode {
  if (!MODES.includes(mode)) throw unknownValue(where, "specialTokens", MODES, mode);
  return mode;
}

/** The behaviour asked for, `"sentencepiece"` if none. */
export function checkCompat(where: string, compat: Compat = "sentencepiece"): Compat {
  if (!COMPATS.includes(compat)) throw unknownValue(where, "compat", COMPATS, compat);
  return compat;
}

function unknownValue(
  where: string,
  option: string,
  values: readonly string[],
  actual: unknown,
): TokenizerError {
  const expected = `${option} ${values.map((value) => `"${value}"`).join(" or ")}`;
  return new TokenizerError({ where, expected, actual: JSON.stringify(actual) ?? "nothing" });
}
