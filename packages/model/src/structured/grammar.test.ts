import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textOf } from "./__fixtures__/generate.ts";
import { SCHEMAS } from "./__fixtures__/schemas.ts";
import { smallVocabulary, tinyVocabulary } from "./__fixtures__/vocabularies.ts";
import { createRandom } from "../sampling/random.ts";
import { GrammarCompiler } from "./grammar-compiler.ts";
import type { GrammarState } from "./grammar.ts";
import { ResponseFormatError } from "./response-format-error.ts";
import type { ResponseFormat } from "./response-format.ts";

const TEXTS = ["yes", "no", "maybe", "ye", "是", '{"', '":', "a b"];
const small = smallVocabulary(TEXTS);
const idOf = (text: string): number => 256 + TEXTS.indexOf(text);
const byte = (text: string): number => text.charCodeAt(0);

function startOf(format: ResponseFormat): GrammarState {
  return new GrammarCompiler(small, [small.eosTokenId]).compile(format).start();
}

/** Ids whose score is left. */
function allowedIds(state: GrammarState, size: number, tokensLeft?: number): number[] {
  const scores = new Float32Array(size);
  state.apply(scores, tokensLeft);
  return [...scores.keys()].filter((id) => scores[id] === 0);
}
const allowed = (state: GrammarState, tokensLeft?: number): number[] =>
  allowedIds(state, small.offsets.length - 1, tokensLeft);

describe("GrammarCompiler", () => {
  it("compiles a format once, also one that it refuses", () => {
    const compiler = new GrammarCompiler(small, [small.eosTokenId]);
    const refusal = (): unknown => {
      try {
        return compiler.compile({ type: "regex", pattern: "(" });
      } catch (error) {
        return error;
      }
    };
    expect(refusal()).toBeInstanceOf(ResponseFormatError);
    expect(refusal()).toBe(refusal());
    const format: ResponseFormat = { type: "choice", choices: ["yes"] };
    expect(compiler.compile(format)).toBe(compiler.compile({ ...format }));
  });
});

describe("a grammar of choices", () => {
  const choices: ResponseFormat = { type: "choice", choices: ["yes", "yesterday", "是"] };

  it("allows the tokens that begin a choice, whole or in part", () => {
    // 是 is E6 98 AF.
    expect(allowed(startOf(choices))).toEqual([
      byte("y"),
      0xe6,
      idOf("yes"),
      idOf("ye"),
      idOf("是"),
    ]);
  });

  it("allows an end exactly where a choice ends", () => {
    const state = startOf(choices);
    expect(state.mayEnd).toBe(false);
    state.accept(idOf("yes"));
    expect(state).toMatchObject({ mayEnd: true, isFinished: false, shortestEnd: 0 });
    expect(allowed(state)).toEqual([byte("t"), small.eosTokenId]);
    for (const letter of "terday") state.accept(byte(letter));
    expect(state).toMatchObject({ mayEnd: true, isFinished: true });
    expect(allowed(state)).toEqual([small.eosTokenId]);
  });

  it("writes a character byte by byte and never leaves it incomplete", () => {
    const state = startOf(choices);
    for (const part of [0xe6, 0x98]) {
      state.accept(part);
      expect(state.mayEnd).toBe(false);
    }
    expect(allowed(state)).toEqual([0xaf]);
  });

  it("keeps the scores of what it allows", () => {
    const scores = Float32Array.from({ length: small.offsets.length - 1 }, (_, id) => id / 8);
    startOf(choices).apply(scores);
    expect(scores[idOf("yes")]).toBe(idOf("yes") / 8);
    expect(scores[idOf("no")]).toBe(-Infinity);
  });

  it("refuses other tokens and stays where it was", () => {
    const state = startOf(choices);
    for (const id of [idOf("no"), small.eosTokenId, -1, 10_000, 1.5])
      expect(() => state.accept(id)).toThrow(ResponseFormatError);
    state.accept(idOf("yes"));
    state.accept(small.eosTokenId);
    expect(state.isFinished).toBe(true);
    expect(() => state.accept(byte("t"))).toThrow(ResponseFormatError);
  });

  it("refuses scores of another vocabulary", () => {
    expect(() => startOf(choices).apply(new Float32Array(7))).toThrow(ResponseFormatError);
  });

  it("goes on independently after a fork, and allows nothing after dispose", () => {
    const state = startOf(choices);
    const fork = state.fork();
    state.accept(idOf("是"));
    expect(state.isFinished).toBe(true);
    expect(fork.isFinished).toBe(false);
    fork.accept(idOf("ye"));
    expect(allowed(fork)).toEqual([byte("s")]);
    fork.dispose();
    expect(() => fork.accept(byte("s"))).toThrow(ResponseFormatError);
  });
});

describe("a grammar that is short of tokens", () => {
  const format: ResponseFormat = { type: "regex", pattern: "(?:yes|no){1,40}" };

  it("counts the tokens of the shortest end", () => {
    // "no" is one token; "{}" are two.
    expect(startOf(format).shortestEnd).toBe(1);
    expect(startOf({ type: "json_object" }).shortestEnd).toBe(2);
    // {"a":1} is {" a ": 1 }
    const schema = { type: "object", properties: { a: { const: 1 } }, required: ["a"] };
    expect(startOf({ type: "json_schema", schema }).shortestEnd).toBe(5);
  });

  it("allows only what can be finished in time", () => {
    // "n" and "ye" need a second token, "y" two more.
    expect(allowed(startOf(format), 1)).toEqual([idOf("yes"), idOf("no")]);
    expect(allowed(startOf(format), 2)).toEqual([byte("n"), idOf("yes"), idOf("no"), idOf("ye")]);
  });

  it("goes towards the nearest end when it is too late", () => {
    const state = startOf({ type: "choice", choices: ["aaaa", "ab"] });
    expect(allowed(state, 1)).toEqual([byte("a")]);
    state.accept(byte("a"));
    expect(allowed(state, 1)).toEqual([byte("b")]);
  });
});

describe("any grammar", () => {
  const vocabulary = tinyVocabulary();
  const eosTokenId = 2;
  const compiler = new GrammarCompiler(vocabulary, [eosTokenId]);
  const size = vocabulary.offsets.length - 1;
  const formats: ResponseFormat[] = [
    ...Object.values(SCHEMAS).map((schema): ResponseFormat => ({ type: "json_schema", schema })),
    { type: "json_object" },
    { type: "regex", pattern: "(?:\\p{L}+ ?){1,3}[。.!?]" },
    { type: "choice", choices: ["你好", "hello", "hell", ""] },
  ];

  it("allows exactly the tokens that it accepts, and always at least one", () => {
    const property = fc.property(
      fc.constantFrom(...formats),
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 0, max: 30 }),
      (format, seed, length) => {
        const state = compiler.compile(format).start();
        const random = createRandom(seed);
        for (let step = 0; step < length && !state.isFinished; step++) {
          const ids = allowedIds(state, size).filter((id) => id !== eosTokenId);
          if (ids.length === 0) break;
          state.accept(ids[Math.floor(random.next() * ids.length)] as number);
        }
        const ids = new Set(allowedIds(state, size));
        expect(ids.size).toBeGreaterThan(0);
        expect(ids.has(eosTokenId)).toBe(state.mayEnd);
        for (let id = 0; id < size; id++) expect(accepts(state, id)).toBe(ids.has(id));
      },
    );
    fc.assert(property, { numRuns: 80 });
  });

  it("can be finished from anywhere within the tokens it promises", () => {
    const property = fc.property(
      fc.constantFrom(...formats),
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 0, max: 12 }),
      (format, seed, spare) => {
        const state = compiler.compile(format).start();
        const random = createRandom(seed);
        const limit = state.shortestEnd + spare;
        const written: number[] = [];
        while (written.length < limit && !state.isFinished) {
          const ids = allowedIds(state, size, limit - written.length);
          const id = ids[Math.floor(random.next() * ids.length)] as number;
          state.accept(id);
          if (id === eosTokenId) break;
          written.push(id);
          expect(state.shortestEnd).toBeLessThanOrEqual(limit - written.length);
        }
        expect(state.mayEnd).toBe(true);
        if (format.type === "json_schema") JSON.parse(textOf(vocabulary, written));
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  it.each([
    ["any value", true],
    [
      "an ambiguous recursive schema",
      {
        anyOf: [
          { type: "array", items: { $ref: "#" } },
          { type: "array", items: { $ref: "#" }, maxItems: 1 },
        ],
      },
    ],
  ])("stops a writer that only opens arrays and objects, and closes them: %s", (_, schema) => {
    const state = compiler.compile({ type: "json_schema", schema }).start();
    const written: number[] = [];
    const write = (id: number): void => {
      state.accept(id);
      written.push(id);
    };
    for (let step = 0; step < 400; step++) {
      const opening = allowedIds(state, size).find((id) => isOpening(id));
      if (opening === undefined) break;
      write(opening);
    }
    while (!state.mayEnd) write(allowedIds(state, size, 1)[0] as number);
    expect(written.length).toBeGreaterThan(15);
    expect(written.length).toBeLessThan(800);
    JSON.parse(textOf(vocabulary, written));
  });

  const isOpening = (id: number): boolean => {
    const [first] = vocabulary.bytes.subarray(vocabulary.offsets[id], vocabulary.offsets[id + 1]);
    return first === 0x5b || first === 0x7b;
  };

  it("needs a vocabulary with every byte", () => {
    const bytes = new TextEncoder().encode("ab");
    const letters = { bytes, offsets: Int32Array.of(0, 1, 2), specialIds: [] };
    expect(() => new GrammarCompiler(letters, [])).toThrow("piece for every byte");
  });
});

function accepts(state: GrammarState, id: number): boolean {
  try {
    state.fork().accept(id);
    return true;
  } catch {
    return false;
  }
}
