import { type Automaton, finishAutomaton } from "./automaton/automaton.ts";
import { AutomatonBuilder, type Rule } from "./automaton/automaton-builder.ts";
import { addText } from "./automaton/fragments.ts";
import { patternLanguage } from "./language/pattern.ts";
import { type Term, Terms } from "./language/terms.ts";
import { textAutomaton } from "./language/text-automaton.ts";
import type { ResponseFormat } from "./response-format.ts";
import { compileSchema } from "./schema/schema-compiler.ts";

/** What `json_object` stands for. */
const OBJECT_SCHEMA = { type: "object" };

/**
 * The automaton that reads the texts of a response format.
 *
 * @param format - As `plainFormat` gives it.
 * @throws {ResponseFormatError} as `normalizeResponseFormat`.
 */
export function buildAutomaton(format: ResponseFormat): Automaton {
  const builder = new AutomatonBuilder();
  const terms = new Terms();
  return finishAutomaton(builder, rootRule(builder, terms, format));
}

function rootRule(builder: AutomatonBuilder, terms: Terms, format: ResponseFormat): Rule {
  switch (format.type) {
    case "json_schema":
      return compileSchema(builder, terms, format.schema);
    case "json_object":
      return compileSchema(builder, terms, OBJECT_SCHEMA);
    case "regex":
      return textRule(builder, terms, patternLanguage(terms, format.pattern, "whole"));
    case "choice":
      return textRule(builder, terms, terms.literals(format.choices));
  }
}

function textRule(builder: AutomatonBuilder, terms: Terms, language: Term): Rule {
  const rule = builder.rule("#");
  const text = textAutomaton(terms, language);
  if (text !== undefined) addText(builder, rule.start, text, "plain", rule.accept);
  return rule;
}
