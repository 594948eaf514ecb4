import { MAX_CHOICE_CHARACTERS, MAX_CHOICES } from "./limits.ts";
import { buildAutomaton } from "./build-automaton.ts";
import { ResponseFormatError } from "./response-format-error.ts";
import { plainSchema } from "./schema/plain-schema.ts";

/** What a generated text must be. Plain data: it crosses to the engine's thread by structured clone. */
export type ResponseFormat =
  /**
   * JSON that is valid under a JSON Schema (draft 2020-12), or under a Standard Schema that can tell its JSON Schema (zod 4.2
   * and later); the latter only on the caller's side, see {@link normalizeResponseFormat}.
   */
  | { readonly type: "json_schema"; readonly schema: unknown }
  /** Any JSON object. */
  | { readonly type: "json_object" }
  /** Text that is matched as a whole by a regular expression, as ECMAScript's flag `u` reads it. */
  | { readonly type: "regex"; readonly pattern: string }
  /** One of the given texts. */
  | { readonly type: "choice"; readonly choices: readonly string[] };

/**
 * Checks a response format completely, and turns a Standard Schema into a plain JSON Schema.
 *
 * @returns plain data that {@link GrammarCompiler} takes.
 * @throws {ResponseFormatError} if it is not well formed, uses an unsupported keyword (its `path` names it), is beyond a limit,
 * or allows no text.
 */
export function normalizeResponseFormat(format: ResponseFormat): ResponseFormat {
  const plain = plainFormat(format);
  buildAutomaton(plain);
  return plain;
}

/**
 * A response format as plain data. What needs the format to be compiled is not checked, which can take a second.
 *
 * @throws {ResponseFormatError} if it is not well formed, or has too many choices.
 */
export function plainFormat(format: ResponseFormat): ResponseFormat {
  const type: unknown = (format as Partial<ResponseFormat> | null | undefined)?.type;
  switch (type) {
    case "json_schema":
      return { type, schema: plainSchema((format as { schema: unknown }).schema) };
    case "json_object":
      return { type };
    case "regex":
      return { type, pattern: checkPattern((format as { pattern: unknown }).pattern) };
    case "choice":
      return { type, choices: checkChoices((format as { choices: unknown }).choices) };
    default:
      throw new ResponseFormatError({
        where: "responseFormat.type",
        expected: '"json_schema", "json_object", "regex" or "choice"',
        actual: typeof type === "string" ? JSON.stringify(type.slice(0, 40)) : typeof type,
      });
  }
}

function checkPattern(pattern: unknown): string {
  if (typeof pattern === "string") return pattern;
  throw new ResponseFormatError({
    where: "responseFormat.pattern",
    expected: "a regular expression as a string",
    actual: pattern instanceof RegExp ? "a RegExp" : typeof pattern,
    ...(pattern instanceof RegExp ? { hint: "pass its .source" } : {}),
  });
}

function checkChoices(choices: unknown): readonly string[] {
  const where = "responseFormat.choices";
  if (!Array.isArray(choices) || choices.length === 0 || choices.length > MAX_CHOICES) {
    const actual = Array.isArray(choices) ? `${choices.length}` : typeof choices;
    throw new ResponseFormatError({ where, expected: `1 to ${MAX_CHOICES} texts`, actual });
  }
  const bad = choices.findIndex((text) => typeof text !== "string" || !text.isWellFormed());
  if (bad >= 0)
    throw new ResponseFormatError({
      where: `${where}[${bad}]`,
      expected: "a text without lone surrogates",
      actual: typeof choices[bad],
    });
  const texts = choices as string[];
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  if (characters <= MAX_CHOICE_CHARACTERS) return [...new Set(texts)];
  const expected = `at most ${MAX_CHOICE_CHARACTERS} characters in all`;
  throw new ResponseFormatError({ where, expected, actual: `${characters}` });
}
