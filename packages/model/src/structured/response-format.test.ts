import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { generateText } from "./__fixtures__/generate.ts";
import { tinyVocabulary } from "./__fixtures__/vocabularies.ts";
import { GrammarCompiler } from "./grammar-compiler.ts";
import { ResponseFormatError } from "./response-format-error.ts";
import { normalizeResponseFormat, type ResponseFormat } from "./response-format.ts";

const vocabulary = tinyVocabulary();
const compiler = new GrammarCompiler(vocabulary, [2]);
const generate = (format: ResponseFormat, seed: number): string =>
  generateText(compiler.compile(normalizeResponseFormat(format)), {
    vocabulary,
    eosTokenId: 2,
    seed,
    maxTokens: 15 * seed,
  }).text;
const SEEDS = [1, 2, 3, 4, 5];

const Person = z.object({
  name: z.string().min(1).max(12),
  email: z.email().optional(),
  born: z.iso.date(),
  scores: z.record(z.string().max(4), z.number().min(0).max(1)),
  pet: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("cat"), lives: z.int().min(0).max(9) }),
    z.object({ kind: z.literal("dog"), tags: z.tuple([z.enum(["好", "坏"]), z.boolean()]) }),
  ]),
});

describe("normalizeResponseFormat", () => {
  it("turns a zod schema into plain JSON whose texts the zod schema parses", () => {
    const format = normalizeResponseFormat({ type: "json_schema", schema: Person });
    expect(structuredClone(format)).toEqual(format);
    for (const seed of SEEDS)
      expect(Person.safeParse(JSON.parse(generate(format, seed))).error).toBeUndefined();
  });

  it("says what to pass instead of a Standard Schema that tells no JSON Schema", () => {
    const schema = { "~standard": { version: 1, vendor: "acme", validate: () => ({ value: 1 }) } };
    expect(() => normalizeResponseFormat({ type: "json_schema", schema })).toThrow(
      /acme without ~standard\.jsonSchema \(pass a JSON Schema/u,
    );
  });

  it("passes on why a vendor cannot write a schema as JSON Schema", () => {
    const schema = z.object({ at: z.date() });
    expect(() => normalizeResponseFormat({ type: "json_schema", schema })).toThrow(
      ResponseFormatError,
    );
  });

  it.each<[unknown, string]>([
    [undefined, "responseFormat.type"],
    [{ type: "xml" }, "responseFormat.type"],
    [{ type: "json_schema" }, "responseFormat.schema"],
    [{ type: "json_schema", schema: [] }, "responseFormat.schema"],
    [{ type: "json_schema", schema: { const: 1n } }, "responseFormat.schema"],
    [{ type: "json_schema", schema: { title: "x".repeat(300_000) } }, "responseFormat.schema"],
    [{ type: "regex", pattern: /a/u }, "responseFormat.pattern"],
    [{ type: "regex", pattern: "a(" }, "pattern"],
    [{ type: "choice", choices: [] }, "responseFormat.choices"],
    [{ type: "choice", choices: ["a", 3] }, "responseFormat.choices[1]"],
    [{ type: "choice", choices: ["\ud800"] }, "responseFormat.choices[0]"],
    [{ type: "choice", choices: ["a".repeat(300_000)] }, "responseFormat.choices"],
  ])("refuses bad format %# with its place", (format, where) => {
    expect(() => normalizeResponseFormat(format as ResponseFormat)).toThrow(
      expect.objectContaining({ code: "ERR_RESPONSE_FORMAT", where }),
    );
  });

  it("refuses schemas that are nested too deeply, cyclic ones among them", () => {
    const cyclic: Record<string, unknown> = { type: "array" };
    cyclic["items"] = cyclic;
    expect(() => normalizeResponseFormat({ type: "json_schema", schema: cyclic })).toThrow(
      "levels",
    );
  });

  it("never fails in another way, whatever the schema", () => {
    const names = [
      "type",
      "items",
      "anyOf",
      "oneOf",
      "allOf",
      "properties",
      "required",
      "enum",
      "const",
      "$ref",
      "minItems",
      "maximum",
      "pattern",
      "format",
      "prefixItems",
      "additionalProperties",
    ];
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(
          "string",
          "object",
          "array",
          "#",
          "#/items",
          "date",
          true,
          false,
          null,
          3,
          -1,
          1e300,
        ),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 4 }),
      ),
    }));
    const run = (schema: unknown): void => {
      try {
        normalizeResponseFormat({ type: "json_schema", schema });
      } catch (error) {
        expect(error).toBeInstanceOf(ResponseFormatError);
      }
    };
    fc.assert(fc.property(value, run), { numRuns: 1500 });
  });
});

describe("texts", () => {
  it.each([
    "\\d{4}-\\d{2}",
    "(?:你好|再见)[,。]{1,3}",
    "[^a]{0,9}",
    "a|b|",
    "(?!.*aa)[ab]{6}",
    "\\w+@\\w+\\.com",
  ])("under the pattern %s match it as a whole", (pattern) => {
    for (const seed of SEEDS)
      expect(generate({ type: "regex", pattern }, seed)).toMatch(
        new RegExp(`^(?:${pattern})$`, "u"),
      );
  });

  it("under choices are one of them", () => {
    const choices = ["是", "是的", "不", "not at all", '"quoted"\n', ""];
    const drawn = Array.from({ length: 30 }, (_, seed) =>
      generate({ type: "choice", choices }, seed + 1),
    );
    for (const text of drawn) expect(choices).toContain(text);
    expect(new Set(drawn).size).toBeGreaterThan(1);
  });

  it("under json_object are objects", () => {
    for (const seed of SEEDS) {
      const value: unknown = JSON.parse(generate({ type: "json_object" }, seed));
      expect(Object.prototype.toString.call(value)).toBe("[object Object]");
    }
  });
});
