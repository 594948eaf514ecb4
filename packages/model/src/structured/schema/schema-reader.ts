import { MAX_ALTERNATIVES } from "../limits.ts";
import { type Conjunct, anything, conjoin, type SchemaAt } from "./conjunct.ts";
import { type Keywords, schemaList } from "./keyword-reader.ts";
import { conjunctOf, keywordsOf } from "./keywords.ts";
import { kindOf, pathOf, schemaError } from "./schema-error.ts";

/** Says whether no value meets the demands of both. */
export type IsDisjoint = (a: Conjunct, b: Conjunct) => boolean;

/** Reads a schema: follows `$ref`, and turns `allOf`, `anyOf` and `oneOf` into alternatives. */
export class SchemaReader {
  readonly #root: unknown;
  readonly #isDisjoint: IsDisjoint;
  /** Within a comparison no other begins: a recursive schema would compare itself for ever. */
  #isComparing = false;

  constructor(root: unknown, isDisjoint: IsDisjoint) {
    this.#root = root;
    this.#isDisjoint = isDisjoint;
  }

  /**
   * Alternatives that together are all values that meet each of the schemas.
   *
   * @throws {ResponseFormatError} for keywords that are not supported, references that lead nowhere or into themselves,
   * `oneOf` whose schemas may have values in common, and too many alternatives.
   */
  alternatives(schemas: readonly SchemaAt[], open: ReadonlySet<string> = new Set()): Conjunct[] {
    const path = schemas[0]?.path ?? "#";
    return schemas.reduce(
      (so, each) => this.#product(so, this.#expand(each, open), path),
      [anything(path)],
    );
  }

  /** The schema itself, where a schema only refers to it; the annotations of the reference are left out. */
  target(at: SchemaAt): SchemaAt {
    const seen = new Set<string>();
    let current = at;
    for (;;) {
      if (typeof current.schema === "boolean") return current;
      const keywords = keywordsOf(current);
      if (keywords["$ref"] === undefined || Object.keys(keywords).length > 1) return current;
      if (seen.has(current.path)) throw selfDefined(current.path);
      seen.add(current.path);
      current = this.#resolve(keywords["$ref"], current.path);
    }
  }

  /** The schemas of an `anyOf` or disjoint `oneOf` that stands alone, so that each may refer to the whole. */
  loneUnion(at: SchemaAt): SchemaAt[] | undefined {
    if (typeof at.schema === "boolean") return undefined;
    const keywords = keywordsOf(at);
    const [keyword, ...others] = Object.keys(keywords);
    if (others.length > 0 || (keyword !== "anyOf" && keyword !== "oneOf")) return undefined;
    const schemas = schemaList(keywords, keyword, at.path);
    if (keyword === "oneOf") this.#checkDisjoint(schemas, pathOf(at.path, keyword), new Set());
    return schemas;
  }

  #expand(at: SchemaAt, open: ReadonlySet<string>): Conjunct[] {
    if (at.schema === true) return [anything(at.path)];
    if (at.schema === false) return [];
    if (open.has(at.path)) throw selfDefined(at.path);
    const inner = new Set([...open, at.path]);
    const keywords = keywordsOf(at);
    const parts = [
      [conjunctOf(keywords, at.path)],
      ...this.#refParts(keywords, at.path, inner),
      ...this.#combinedParts(keywords, at.path, inner),
    ];
    return parts.reduce((a, b) => this.#product(a, b, at.path));
  }

  #refParts(keywords: Keywords, path: string, open: ReadonlySet<string>): Conjunct[][] {
    if (keywords["$ref"] === undefined) return [];
    return [this.#expand(this.#resolve(keywords["$ref"], path), open)];
  }

  #combinedParts(keywords: Keywords, path: string, open: ReadonlySet<string>): Conjunct[][] {
    const parts: Conjunct[][] = [];
    if (keywords["allOf"] !== undefined)
      parts.push(...schemaList(keywords, "allOf", path).map((each) => this.#expand(each, open)));
    for (const keyword of ["anyOf", "oneOf"]) {
      if (keywords[keyword] === undefined) continue;
      const schemas = schemaList(keywords, keyword, path);
      if (keyword === "oneOf") this.#checkDisjoint(schemas, pathOf(path, keyword), open);
      parts.push(schemas.flatMap((each) => this.#expand(each, open)));
    }
    return parts;
  }

  #product(a: readonly Conjunct[], b: readonly Conjunct[], path: string): Conjunct[] {
    if (a.length * b.length > MAX_ALTERNATIVES)
      throw schemaError(
        path,
        `at most ${MAX_ALTERNATIVES} combinations of alternatives`,
        `${a.length * b.length}`,
        "put keywords into the schemas of anyOf instead of beside it",
      );
    return a
      .flatMap((first) => b.map((second) => conjoin(first, second)))
      .filter((both) => both !== undefined);
  }

  #checkDisjoint(schemas: readonly SchemaAt[], path: string, open: ReadonlySet<string>): void {
    if (this.#isComparing) return;
    const branches = schemas.map((each) => this.#expand(each, open));
    this.#isComparing = true;
    for (const [index, branch] of branches.entries())
      for (const other of branches.slice(index + 1))
        if (branch.some((a) => other.some((b) => !this.#isDisjoint(a, b))))
          throw schemaError(
            path,
            "schemas that surely have no value in common",
            "some that may",
            "use anyOf, or tell them apart by a required property with different const values",
          );
    this.#isComparing = false;
  }

  #resolve(reference: unknown, from: string): SchemaAt {
    const path = pathOf(from, "$ref");
    if (typeof reference !== "string" || !/^#(?:\/|$)/u.test(reference)) {
      const hint = "copy the schema to $defs; nothing is loaded from elsewhere";
      throw schemaError(path, "a reference like #/$defs/name", kindOf(reference), hint);
    }
    const keys = pointerKeys(reference, path);
    let schema = this.#root;
    for (const key of keys) {
      const isThere = typeof schema === "object" && schema !== null && Object.hasOwn(schema, key);
      if (!isThere)
        throw schemaError(path, "a reference to a part of the schema", kindOf(reference));
      schema = (schema as Readonly<Record<string, unknown>>)[key];
    }
    return { schema, path: pathOf("#", ...keys) };
  }
}

function pointerKeys(reference: string, path: string): string[] {
  try {
    const keys = decodeURIComponent(reference).split("/").slice(1);
    return keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  } catch {
    throw schemaError(path, "a reference with valid percent escapes", kindOf(reference));
  }
}

function selfDefined(path: string): Error {
  return schemaError(
    path,
    "a schema that refers to itself only inside an array or object",
    "one that is defined as itself",
  );
}
