import { describeShared } from "@baichuan2/tooling/golden";
import { beforeAll, describe, expect, it } from "vitest";
import { generateText } from "./__fixtures__/generate.ts";
import { EMPTY, REFUSED, SCHEMAS } from "./__fixtures__/schemas.ts";
import { validatorOf } from "./__fixtures__/validator.ts";
import { REAL_TOKENIZER, realVocabulary, tinyVocabulary } from "./__fixtures__/vocabularies.ts";
import { GrammarCompiler } from "./grammar-compiler.ts";
import { ResponseFormatError } from "./response-format-error.ts";
import { normalizeResponseFormat } from "./response-format.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** `</s>` in both vocabularies. */
const EOS = 2;

function checkSchema(
  vocabulary: Vocabulary,
  compiler: GrammarCompiler,
  schema: unknown,
  seeds: readonly number[],
): void {
  const grammar = compiler.compile(normalizeResponseFormat({ type: "json_schema", schema }));
  const validate = validatorOf(schema);
  for (const seed of seeds) {
    const settings = { vocabulary, eosTokenId: EOS, seed, maxTokens: 20 * seed };
    const { text, isComplete } = generateText(grammar, settings);
    expect(isComplete, `${text} is complete`).toBe(true);
    expect(validate(JSON.parse(text)), `${text} is valid`).toBe(true);
  }
}

describe("texts under a schema, with 3,000 pieces", () => {
  const vocabulary = tinyVocabulary();
  const compiler = new GrammarCompiler(vocabulary, [EOS]);

  it.each(Object.entries(SCHEMAS))("parse and are valid: %s", (_, schema) => {
    checkSchema(vocabulary, compiler, schema, [1, 2, 3, 4]);
  });
});

describeShared("texts under a schema, with Baichuan2's pieces", REAL_TOKENIZER, () => {
  let vocabulary: Vocabulary;
  let compiler: GrammarCompiler;
  beforeAll(async () => {
    vocabulary = await realVocabulary();
    compiler = new GrammarCompiler(vocabulary, [EOS]);
  });

  it.each(Object.entries(SCHEMAS))("parse and are valid: %s", (_, schema) => {
    checkSchema(vocabulary, compiler, schema, [1, 2, 3]);
  });
});

describe("schemas that cannot be held to", () => {
  const normalize = (schema: unknown) => () =>
    normalizeResponseFormat({ type: "json_schema", schema });

  it.each(Object.entries(REFUSED))("are refused with the place: %s", (_, [schema, path]) => {
    expect(normalize(schema)).toThrow(
      expect.objectContaining({ code: "ERR_RESPONSE_FORMAT", path }),
    );
  });

  it.each(Object.entries(EMPTY))("are refused where no text would do: %s", (_, schema) => {
    expect(normalize(schema)).toThrow(ResponseFormatError);
  });
});
