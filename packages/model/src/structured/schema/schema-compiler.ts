/**
 * A JSON Schema as rules of an automaton.
 *
 * The unit is a list of schemas that must all hold: one rule each, by the places of its schemas. Such lists arise where `allOf`
 * or `$ref` meet properties of the same name; there are finitely many, so that recursive schemas end.
 *
 * What a schema leaves open is narrowed, never widened: properties come in the schema's order; an object with listed properties
 * has no others unless `additionalProperties` says so; without `type`, keywords of one type mean that type.
 */
import type { AutomatonBuilder, Rule } from "../automaton/automaton-builder.ts";
import { addChain, addCharacters } from "../automaton/fragments.ts";
import { Derivatives } from "../language/derivative.ts";
import { allCodePoints } from "../language/code-point-set.ts";
import type { Term, Terms } from "../language/terms.ts";
import { type Conjunct, type JsonType, propertySchemas, type SchemaAt } from "./conjunct.ts";
import { isDisjoint, mayBeValid } from "./disjoint.ts";
import { numberLanguage } from "./number-language.ts";
import { addObject, type PropertyRule } from "./object-fragment.ts";
import { RuleStore } from "./rule-store.ts";
import { schemaError } from "./schema-error.ts";
import { SchemaReader } from "./schema-reader.ts";
import { addSeparator } from "./separator.ts";
import { stringLanguage } from "./string-language.ts";
import { typesOf, usedTypes } from "./types-of.ts";

/**
 * The rule of a schema.
 *
 * @param schema - Plain JSON.
 * @throws {ResponseFormatError} for what is not well formed or not supported, with its place.
 */
export function compileSchema(builder: AutomatonBuilder, terms: Terms, schema: unknown): Rule {
  return new SchemaCompiler(builder, terms, schema).compile([{ schema, path: "#" }]);
}

class SchemaCompiler {
  readonly #builder: AutomatonBuilder;
  readonly #terms: Terms;
  readonly #reader: SchemaReader;
  readonly #rules: RuleStore;
  /** Rules whose edges are to be added: not while another is, for schemas nest deeper than calls may. */
  readonly #pending: (() => void)[] = [];

  constructor(builder: AutomatonBuilder, terms: Terms, root: unknown) {
    this.#builder = builder;
    this.#terms = terms;
    this.#rules = new RuleStore(builder, terms);
    const read = (schemas: readonly SchemaAt[]): Conjunct[] => this.#reader.alternatives(schemas);
    this.#reader = new SchemaReader(root, (a, b) => isDisjoint(terms, read, a, b));
  }

  compile(schemas: readonly SchemaAt[]): Rule {
    const rule = this.#ruleOf(schemas);
    for (let fill = this.#pending.pop(); fill !== undefined; fill = this.#pending.pop()) fill();
    return rule;
  }

  #ruleOf(schemas: readonly SchemaAt[]): Rule {
    const targets = schemas.map((each) => this.#reader.target(each));
    const unique = new Map(
      targets.filter(({ schema }) => schema !== true).map((each) => [each.path, each]),
    );
    const key = `schemas ${[...unique.keys()].sort().join(" ")}`;
    const path = targets[0]?.path ?? "#";
    return this.#rules.get(key, path, (rule) => {
      this.#pending.push(() => this.#fill(rule, [...unique.values()]));
    });
  }

  #fill({ start, accept }: Rule, schemas: readonly SchemaAt[]): void {
    const [only, ...others] = schemas;
    const union = only && others.length === 0 ? this.#reader.loneUnion(only) : undefined;
    if (union !== undefined)
      for (const each of union) this.#builder.call(start, this.#ruleOf([each]), accept);
    else
      for (const conjunct of this.#reader.alternatives(schemas))
        this.#addConjunct(conjunct, start, accept);
  }

  #addConjunct(conjunct: Conjunct, from: number, to: number): void {
    if (conjunct.values !== undefined) this.#addValues(conjunct, conjunct.values, from, to);
    else for (const type of typesOf(conjunct)) this.#addType(type, conjunct, from, to);
  }

  #addType(type: JsonType, conjunct: Conjunct, from: number, to: number): void {
    const { path } = conjunct;
    switch (type) {
      case "null":
        return this.#builder.ascii(from, "null", to);
      case "boolean":
        this.#builder.ascii(from, "true", to);
        return this.#builder.ascii(from, "false", to);
      case "integer":
      case "number": {
        const language = numberLanguage(this.#terms, conjunct, type === "integer");
        return this.#builder.call(from, this.#rules.text(language, "plain", path), to);
      }
      case "string":
        return this.#builder.call(from, this.#stringRule(conjunct), to);
      case "array":
        return this.#addArray(conjunct, from, to);
      case "object":
        return this.#addObject(conjunct, from, to);
    }
  }

  /** Values of `enum` and `const` that meet what stands beside them. */
  #addValues(conjunct: Conjunct, values: readonly unknown[], from: number, to: number): void {
    const valid = values.filter((value) => mayBeValid(this.#terms, conjunct, value));
    const isNested = valid.some((value) => typeof value === "object" && value !== null);
    if (isNested && usedTypes(conjunct).some((type) => type === "array" || type === "object"))
      throw schemaError(
        conjunct.path,
        "enum and const of arrays and objects without keywords of arrays and objects beside them",
        usedTypes(conjunct).join(", "),
      );
    const language = this.#terms.literals(valid.map((value) => JSON.stringify(value)));
    this.#builder.call(from, this.#rules.text(language, "plain", conjunct.path), to);
  }

  #stringRule(conjunct: Conjunct): Rule {
    const { minLength, maxLength, patterns, formats, path } = conjunct;
    const isCounted = patterns.length === 0 && formats.length === 0 && minLength <= maxLength;
    if (!isCounted) return this.#quoted(stringLanguage(this.#terms, conjunct), path);
    // Counting in the automaton: far fewer states than a language of counted characters has.
    return this.#rules.get(`string ${minLength} ${maxLength}`, path, ({ start, accept }) => {
      const [first, last] = [this.#builder.state(), this.#builder.state()];
      this.#builder.ascii(start, '"', first);
      this.#builder.ascii(last, '"', accept);
      const item = (_: number, from: number, to: number): void => this.#addCharacter(from, to);
      addChain(this.#builder, first, { min: minLength, max: maxLength, alikeFrom: 0, item }, last);
    });
  }

  #addCharacter(from: number, to: number): void {
    const rule = this.#rules.get("character", "#", ({ start, accept }) => {
      addCharacters(this.#builder, start, allCodePoints, "json", accept);
    });
    this.#builder.call(from, rule, to);
  }

  /** Reads a string of a language, with its quotes. */
  #quoted(language: Term, path: string): Rule {
    return this.#rules.get(`quoted ${language.id}`, path, ({ start, accept }) => {
      const [first, last] = [this.#builder.state(), this.#builder.state()];
      this.#builder.ascii(start, '"', first);
      this.#builder.call(first, this.#rules.text(language, "json", path), last);
      this.#builder.ascii(last, '"', accept);
    });
  }

  #addArray(conjunct: Conjunct, from: number, to: number): void {
    const { prefixItems, items, minItems } = conjunct;
    const isClosed = items.some(({ schema }) => schema === false);
    const maxItems = isClosed ? Math.min(conjunct.maxItems, prefixItems.length) : conjunct.maxItems;
    if (maxItems < minItems) return;
    const [first, last] = [this.#builder.state(), this.#builder.state()];
    this.#builder.ascii(from, "[", first);
    this.#builder.ascii(last, "]", to);
    const item = (index: number, before: number, after: number): void => {
      const start = index === 0 ? before : this.#builder.state();
      if (index > 0) addSeparator(this.#builder, before, ",", start);
      this.#builder.call(start, this.#ruleOf(prefixItems[index] ?? items), after);
    };
    // The first item has no comma: from the second on they are alike.
    const alikeFrom = Math.max(1, prefixItems.length);
    addChain(this.#builder, first, { min: minItems, max: maxItems, alikeFrom, item }, last);
  }

  #addObject(conjunct: Conjunct, from: number, to: number): void {
    const names = this.#keyLanguage(conjunct.propertyNames);
    const derivatives = new Derivatives(this.#terms);
    const listed = [...new Set([...conjunct.properties.keys(), ...conjunct.required])];
    const properties = listed
      .filter((name) => conjunct.required.has(name) || derivatives.matches(names, name))
      .map((name): PropertyRule => {
        const key = this.#terms.both([this.#terms.literal(name), names]);
        return {
          key: this.#quoted(key, conjunct.path),
          value: this.#ruleOf(propertySchemas(conjunct, name)),
          isRequired: conjunct.required.has(name),
        };
      });
    addObject(this.#builder, from, properties, this.#otherProperties(conjunct, listed, names), to);
  }

  #otherProperties(
    { additional, path }: Conjunct,
    listed: readonly string[],
    names: Term,
  ): PropertyRule | undefined {
    if (additional === undefined && listed.length > 0) return undefined;
    // A listed key written once more would replace the value that was checked.
    const keys = this.#terms.both([names, this.#terms.not(this.#terms.literals(listed))]);
    const value = this.#ruleOf(additional ?? []);
    return { key: this.#quoted(keys, path), value, isRequired: false };
  }

  #keyLanguage(schemas: readonly SchemaAt[]): Term {
    if (schemas.length === 0) return this.#terms.anyText;
    const languages = this.#reader.alternatives(schemas).map((conjunct) => {
      const isString = conjunct.types === undefined || conjunct.types.has("string");
      if (!isString) return this.#terms.none;
      const language = stringLanguage(this.#terms, conjunct);
      if (conjunct.values === undefined) return language;
      const texts = conjunct.values.filter((value) => typeof value === "string");
      return this.#terms.both([language, this.#terms.literals(texts)]);
    });
    return this.#terms.either(languages);
  }
}
