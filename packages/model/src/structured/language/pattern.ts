/**
 * Regular expressions as languages.
 *
 * An element is turned into a term together with all that follows it, from right to left. So `$` means "and nothing
 * follows", and a lookahead means "and what follows is also in its language": both are exact without backtracking.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { MAX_PATTERN_CHARACTERS, MAX_PATTERN_DEPTH } from "../limits.ts";
import { ResponseFormatError } from "../response-format-error.ts";
import { charactersOf } from "./character-classes.ts";
import type { Term, Terms } from "./terms.ts";

/** How a pattern is applied: it is found somewhere in the text (JSON Schema), or is all of it. */
export type PatternScope = "anywhere" | "whole";

/**
 * The texts that a pattern matches, as ECMAScript's flag `u` reads it.
 *
 * @throws {ResponseFormatError} if the pattern is not well formed, is too long, or uses what is not regular or not supported:
 * backreferences, lookbehinds, `\b`, inline flags, `^` after the beginning, an assertion inside a repetition.
 */
export function patternLanguage(terms: Terms, pattern: string, scope: PatternScope): Term {
  const tail = scope === "whole" ? terms.empty : terms.anyText;
  const reader = new PatternReader(terms, pattern);
  const alternatives = parse(pattern).alternatives.map(({ elements }) => {
    const start = elements.findIndex((element) => !isStart(element));
    const rest = start < 0 ? [] : elements.slice(start);
    const term = reader.sequence(rest, tail);
    const isAnchored = scope === "whole" || elements.some(isStart) === true;
    if (!isAnchored) return terms.sequence(terms.anyText, term);
    return term;
  });
  return terms.either(alternatives);
}

class PatternReader {
  readonly #terms: Terms;
  readonly #pattern: string;
  #depth = 0;

  constructor(terms: Terms, pattern: string) {
    this.#terms = terms;
    this.#pattern = pattern;
  }

  /** What the elements match one after the other, and then `rest`. */
  sequence(elements: readonly AST.Element[], rest: Term): Term {
    return elements.reduceRight((following, element) => this.#element(element, following), rest);
  }

  #alternatives(alternatives: readonly AST.Alternative[], rest: Term): Term {
    if (++this.#depth > MAX_PATTERN_DEPTH)
      throw this.#refuse(`at most ${MAX_PATTERN_DEPTH} nested groups`, "more");
    const terms = alternatives.map(({ elements }) => this.sequence(elements, rest));
    this.#depth--;
    return this.#terms.either(terms);
  }

  #element(element: AST.Element, rest: Term): Term {
    const terms = this.#terms;
    switch (element.type) {
      case "Character":
      case "CharacterSet":
      case "CharacterClass":
        return terms.sequence(terms.characters(charactersOf(element)), rest);
      case "Group":
      case "CapturingGroup": {
        if (element.type === "Group" && element.modifiers)
          throw this.#refuse("groups without flags", element.raw);
        if (hasAssertion(element)) return this.#alternatives(element.alternatives, rest);
        return terms.sequence(this.#alternatives(element.alternatives, terms.empty), rest);
      }
      case "Quantifier": {
        if (hasAssertion(element.element))
          throw this.#refuse("assertions outside repetitions", element.raw);
        const repeated = this.#element(element.element as AST.Element, terms.empty);
        return terms.sequence(terms.repeat(repeated, element.min, element.max), rest);
      }
      case "Assertion":
        return this.#assertion(element, rest);
      default:
        throw this.#refuse("a regular pattern without backreferences", element.raw);
    }
  }

  #assertion(assertion: AST.Assertion, rest: Term): Term {
    const terms = this.#terms;
    if (assertion.kind === "end") return terms.both([terms.empty, rest]);
    if (assertion.kind === "lookahead") {
      const ahead = this.#alternatives(assertion.alternatives, terms.anyText);
      return terms.both([assertion.negate ? terms.not(ahead) : ahead, rest]);
    }
    if (assertion.kind === "start")
      throw this.#refuse("^ only where an alternative begins", "one elsewhere");
    throw this.#refuse("no word boundaries and lookbehinds", assertion.raw);
  }

  #refuse(expected: string, actual: string): ResponseFormatError {
    return refuse(this.#pattern, expected, actual);
  }
}

function parse(pattern: string): AST.Pattern {
  if (pattern.length > MAX_PATTERN_CHARACTERS) {
    const shown = `${pattern.slice(0, 40)}…`;
    throw refuse(shown, `at most ${MAX_PATTERN_CHARACTERS} characters`, `${pattern.length}`);
  }
  try {
    // The parser recurses: deep nesting is found before it starts.
    if (nesting(pattern) > MAX_PATTERN_DEPTH)
      throw refuse(pattern, `at most ${MAX_PATTERN_DEPTH} nested groups`, "more");
    return new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern, 0, pattern.length, {
      unicode: true,
    });
  } catch (cause) {
    if (cause instanceof ResponseFormatError) throw cause;
    const reason = cause instanceof Error ? cause.message : "one that is not";
    throw refuse(pattern, "a regular expression that is valid with flag u", reason, cause);
  }
}

/** Most open parentheses, escaped ones and those in classes included: an upper bound. */
function nesting(pattern: string): number {
  let open = 0;
  let most = 0;
  for (const character of pattern.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/gsu, ""))
    if (character === "(") most = Math.max(most, ++open);
    else if (character === ")") open--;
  return most;
}

function isStart(element: AST.Element): boolean {
  return element.type === "Assertion" && element.kind === "start";
}

function hasAssertion(element: AST.QuantifiableElement | AST.Element): boolean {
  if (element.type === "Assertion") return true;
  if (element.type === "Quantifier") return hasAssertion(element.element);
  if (element.type !== "Group" && element.type !== "CapturingGroup") return false;
  return element.alternatives.some(({ elements }) => elements.some((each) => hasAssertion(each)));
}

function refuse(
  path: string,
  expected: string,
  actual: string,
  cause?: unknown,
): ResponseFormatError {
  return new ResponseFormatError({ where: "pattern", path, expected, actual, cause });
}
