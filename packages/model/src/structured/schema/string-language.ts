import { Derivatives } from "../language/derivative.ts";
import { patternLanguage } from "../language/pattern.ts";
import type { Term, Terms } from "../language/terms.ts";
import type { Conjunct } from "./conjunct.ts";
import { FORMATS } from "./formats.ts";
import { kindOf, schemaError } from "./schema-error.ts";

/** Texts that a string may be under `pattern`, `format`, `minLength` and `maxLength`; lengths count characters. */
export function stringLanguage(terms: Terms, conjunct: Conjunct): Term {
  const { patterns, formats, minLength, maxLength } = conjunct;
  if (maxLength < minLength) return terms.none;
  return terms.both([
    terms.repeat(terms.anyCharacter, minLength, maxLength),
    ...patterns.map(({ text }) => patternLanguage(terms, text, "anywhere")),
    ...formats.map(({ text, path }) => {
      const pattern = FORMATS.get(text);
      if (pattern !== undefined) return patternLanguage(terms, pattern, "whole");
      throw schemaError(path, `one of ${[...FORMATS.keys()].join(", ")}`, kindOf(text));
    }),
  ]);
}

/** Whether a text meets the demands on strings. */
export function isValidString(terms: Terms, conjunct: Conjunct, text: string): boolean {
  return new Derivatives(terms).matches(stringLanguage(terms, conjunct), text);
}
