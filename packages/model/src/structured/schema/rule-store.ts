import type { AutomatonBuilder, Rule } from "../automaton/automaton-builder.ts";
import { addText } from "../automaton/fragments.ts";
import type { CharacterEncoding } from "../automaton/utf8-ranges.ts";
import type { Term, Terms } from "../language/terms.ts";
import { textAutomaton } from "../language/text-automaton.ts";
import { MAX_RULES } from "../limits.ts";
import { ResponseFormatError } from "../response-format-error.ts";

/** Rules by what they read: equal parts of a schema share one. */
export class RuleStore {
  readonly #builder: AutomatonBuilder;
  readonly #terms: Terms;
  readonly #rules = new Map<string, Rule>();

  constructor(builder: AutomatonBuilder, terms: Terms) {
    this.#builder = builder;
    this.#terms = terms;
  }

  /** The rule of this key; `fill` adds its edges when it is new, and may ask for it itself. */
  get(key: string, path: string, fill: (rule: Rule) => void): Rule {
    const known = this.#rules.get(key);
    if (known !== undefined) return known;
    if (this.#rules.size >= MAX_RULES)
      throw new ResponseFormatError({
        where: "responseFormat.schema",
        path,
        expected: `at most ${MAX_RULES} different parts`,
        actual: "more",
      });
    const rule = this.#builder.rule(path);
    this.#rules.set(key, rule);
    fill(rule);
    return rule;
  }

  /** Reads a text of a language; a rule that reads nothing if there is none. */
  text(language: Term, encoding: CharacterEncoding, path: string): Rule {
    return this.get(`text ${encoding} ${language.id}`, path, ({ start, accept }) => {
      const automaton = textAutomaton(this.#terms, language);
      if (automaton !== undefined) addText(this.#builder, start, automaton, encoding, accept);
    });
  }
}
