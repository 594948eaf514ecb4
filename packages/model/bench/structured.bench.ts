/**
 * Time of constrained generation over Baichuan2's vocabulary: `pnpm bench model structured [--json]`.
 *
 * Each format writes texts of random tokens, the same ones in every round. The first round makes masks and sets of states;
 * later rounds find them. A token is one `apply` and one `accept`; drawing it is not counted.
 */
import { fromFile } from "@baichuan2/tokenizer/node";
import { hasSharedData, sharedData } from "@baichuan2/tooling/golden";
import { createRandom } from "../src/sampling/random.ts";
import { GrammarCompiler } from "../src/structured/grammar-compiler.ts";
import type { Grammar } from "../src/structured/grammar.ts";
import type { ResponseFormat } from "../src/structured/response-format.ts";
import { vocabularyOf } from "../src/structured/vocabulary.ts";

const TOKENIZER = "tokenizer/baichuan2.tokenizer.model";
const ROUNDS = 5;
const TEXTS = 10;
const MAX_TOKENS = 60;

const person = {
  type: "object",
  properties: {
    name: { type: "string", minLength: 1, maxLength: 40 },
    age: { type: "integer", minimum: 0, maximum: 150 },
    email: { type: "string", format: "email" },
    tags: { type: "array", items: { enum: ["新", "旧", "open", "closed"] }, maxItems: 5 },
  },
  required: ["name", "age", "tags"],
  additionalProperties: false,
};
const tree = {
  type: "object",
  properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#" } } },
  required: ["name", "children"],
};
const formats: Record<string, ResponseFormat> = {
  "person (lengths, range, enum)": { type: "json_schema", schema: person },
  "tree (recursive)": { type: "json_schema", schema: tree },
  "string up to 500 characters": {
    type: "json_schema",
    schema: { type: "string", maxLength: 500 },
  },
  "any JSON object": { type: "json_object" },
  "regex (date and time)": { type: "regex", pattern: "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}" },
  "choice of 4": { type: "choice", choices: ["是", "否", "不知道", "不适用"] },
};

if (!hasSharedData(TOKENIZER)) console.log(`skipped: ${TOKENIZER} is not beside this clone`);
else await measureAll();

async function measureAll(): Promise<void> {
  const tokenizer = await fromFile(sharedData(TOKENIZER));
  const vocabulary = vocabularyOf(tokenizer, tokenizer.vocabSize);
  const eosTokenId = tokenizer.eosTokenId ?? 2;
  const [compiler, setUpMs] = timed(() => new GrammarCompiler(vocabulary, [eosTokenId]));
  report({ name: "sorting the vocabulary", compileMs: setUpMs });
  for (const [name, format] of Object.entries(formats)) {
    const [grammar, compileMs] = timed(() => compiler.compile(format));
    const scores = new Float32Array(tokenizer.vocabSize);
    const [, firstMaskMs] = timed(() => grammar.start().apply(scores));
    const [cold, ...warm] = Array.from({ length: ROUNDS }, () =>
      writeTexts(grammar, tokenizer.vocabSize),
    );
    const sorted = warm.flat().toSorted((a, b) => a - b);
    report({
      name,
      compileMs,
      firstMaskMs,
      coldMs: mean(cold ?? []),
      medianMs: sorted[Math.floor(sorted.length / 2)],
      p99Ms: sorted[Math.floor(sorted.length * 0.99)],
    });
  }
}

/** Milliseconds of each token. */
function writeTexts(grammar: Grammar, vocabSize: number): number[] {
  const random = createRandom(1);
  const scores = new Float32Array(vocabSize);
  const milliseconds: number[] = [];
  for (let text = 0; text < TEXTS; text++) {
    const state = grammar.start();
    for (let step = 0; step < MAX_TOKENS && !state.isFinished; step++) {
      scores.fill(0);
      const [, applyMs] = timed(() => state.apply(scores));
      const start = Math.floor(random.next() * scores.length);
      const next = scores.indexOf(0, start);
      const tokenId = next >= 0 ? next : scores.indexOf(0);
      const [, acceptMs] = timed(() => state.accept(tokenId));
      milliseconds.push(applyMs + acceptMs);
    }
  }
  return milliseconds;
}

function timed<Result>(run: () => Result): [Result, number] {
  const start = performance.now();
  const result = run();
  return [result, performance.now() - start];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function report(row: Readonly<Record<string, string | number | undefined>>): void {
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify(row));
    return;
  }
  const { name, ...numbers } = row;
  const shown = Object.entries(numbers).map(
    ([label, value]) => `${label} ${Number(value).toFixed(3)}`,
  );
  console.log(`${String(name).padEnd(32)} ${shown.join("  ")}`);
}
