import { describeShared, readJsonLines, sharedData } from "@baichuan2/tooling/golden";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { BaichuanTokenizer } from "./baichuan-tokenizer.ts";
import { BAICHUAN2_SHA256, fromFile } from "./node.ts";
import { createSentencePieceTokenizer } from "./sentencepiece/index.ts";
import type { EncodeOptions, Tokenizer } from "./tokenizer.ts";

interface Row {
  readonly id: string;
  readonly cat?: string;
  readonly text?: string;
  readonly bytes_b64?: string;
  readonly ids: number[];
  readonly decoded: string;
  readonly prefixes?: string[];
}

interface ChatCase {
  readonly messages: { role: "user" | "assistant"; content: string }[];
  readonly expect: { ids: number[] };
  readonly expect_hf_slow_tokenizer?: { ids: number[] };
}

const parse = { specialTokens: "parse" } as const;
const rowsOf = (file: string): Row[] => readJsonLines<Row>(sharedData(`tokenizer/${file}`));

/** Streams the row's ids; after each, the text so far and what is held back make the row's prefix. */
function expectPrefixes(tokenizer: Tokenizer, { ids, prefixes = [] }: Row): void {
  const decoder = tokenizer.createDecoder();
  let text = "";
  ids.forEach((tokenId, i) => {
    text += decoder.push(tokenId);
    const prefix = prefixes[i + 1] ?? "no such row";
    expect(prefix.slice(0, text.length)).toBe(text);
    expect(prefix.slice(text.length)).toMatch(/^\ufffd{0,3}$/);
    const toHere = tokenizer.createDecoder();
    const whole = ids.slice(0, i + 1).map((id) => toHere.push(id));
    expect(whole.join("") + toHere.flush()).toBe(prefix);
  });
}

describeShared("golden rows of Baichuan2", "tokenizer/baichuan2.tokenizer.model", () => {
  let loading: Promise<BaichuanTokenizer> | undefined;
  const load = (): Promise<BaichuanTokenizer> =>
    (loading ??= fromFile(sharedData("tokenizer/baichuan2.tokenizer.model"), {
      sha256: BAICHUAN2_SHA256,
    }));

  it("has the ids that the published configuration names", async () => {
    expect(await load()).toMatchObject({
      vocabSize: 125_696,
      unkTokenId: 0,
      bosTokenId: 1,
      eosTokenId: 2,
      padTokenId: 0,
      userTokenId: 195,
      assistantTokenId: 196,
    });
    // <unk>, <s>, </s>, <SEP>, <CLS> and <reserved_12> to <reserved_999>
    expect((await load()).specialTokens.size).toBe(5 + 988);
  });

  it("encodes and decodes every text", async () => {
    const tokenizer = await load();
    for (const { id, text = "", ids, decoded } of rowsOf("cases.jsonl")) {
      expect(tokenizer.encode(text, parse), id).toEqual(ids);
      expect(tokenizer.decode(ids), id).toBe(decoded);
    }
  });

  it("encodes texts without markers the same in every mode", async () => {
    const tokenizer = await load();
    const markers = /<(reserved_\d+|SEP|CLS|s|\/s|unk)>/;
    const rows = rowsOf("cases.jsonl").filter(({ text = "" }) => !markers.test(text));
    expect(rows.length).toBeGreaterThan(2000);
    for (const { id, text = "", ids } of rows) {
      expect(tokenizer.encode(text), id).toEqual(ids);
      expect(tokenizer.encode(text, { specialTokens: "error" }), id).toEqual(ids);
      expect(tokenizer.encode(text, { ...parse, compat: "hf-slow" }), id).toEqual(ids);
    }
  });

  it("never yields a special id in the default mode", async () => {
    const tokenizer = await load();
    const special = new Set(tokenizer.specialTokens.values());
    for (const { id, text = "", decoded } of rowsOf("cases.jsonl")) {
      const tokenIds = tokenizer.encode(text);
      expect(
        tokenIds.some((tokenId) => special.has(tokenId)),
        id,
      ).toBe(false);
      expect(tokenizer.decode(tokenIds), id).toBe(decoded);
    }
  });

  it("streams every row that has prefixes", async () => {
    const tokenizer = await load();
    const rows = rowsOf("cases.jsonl").filter(({ prefixes }) => prefixes);
    expect(rows.length).toBeGreaterThan(50);
    for (const row of rows) expectPrefixes(tokenizer, row);
  });

  it("decodes every list of ids, at once and streamed", async () => {
    const tokenizer = await load();
    for (const { id, ids, decoded } of rowsOf("decode_cases.jsonl")) {
      expect(tokenizer.decode(ids), id).toBe(decoded);
      const decoder = tokenizer.createDecoder();
      expect(ids.map((tokenId) => decoder.push(tokenId)).join("") + decoder.flush(), id).toBe(
        decoded,
      );
    }
  });

  it("encodes every row of bytes", async () => {
    const tokenizer = await load();
    for (const { id, bytes_b64 = "", ids, decoded } of rowsOf("bytes_cases.jsonl")) {
      const bytes = new Uint8Array(Buffer.from(bytes_b64, "base64"));
      expect(tokenizer.encodeBytes(bytes, parse), id).toEqual(ids);
      expect(tokenizer.decode(ids), id).toBe(decoded);
    }
  });

  it("encodes the prompt on which SentencePiece and the Hugging Face class differ as each does", async () => {
    const tokenizer = await load();
    const markers = { user: tokenizer.userTokenId, assistant: tokenizer.assistantTokenId };
    const file = readFileSync(sharedData("model/chat/chat_prompts.json"), "utf8");
    const cases = (JSON.parse(file) as { cases: ChatCase[] }).cases.filter(
      (chat) => chat.expect_hf_slow_tokenizer,
    );
    expect(cases.length).toBeGreaterThan(0);
    for (const { messages, ...wanted } of cases) {
      const prompt = (options: EncodeOptions): unknown[] => [
        ...messages.flatMap(({ role, content }) => [
          markers[role],
          ...tokenizer.encode(content, options),
        ]),
        markers.assistant,
      ];
      expect(prompt(parse)).toEqual(wanted.expect.ids);
      expect(prompt({ ...parse, compat: "hf-slow" })).toEqual(wanted.expect_hf_slow_tokenizer?.ids);
    }
  });
});

describe.each(["tiny-baichuan-like", "tiny-llama-like", "baichuan-m1-14b.tokenizer"])(
  "%s",
  (name) => {
    describeShared("golden rows", "tokenizer/models", () => {
      it("all pass", async () => {
        const tokenizer = await fromFile(sharedData(`tokenizer/models/${name}.model`));
        for (const { id, text = "", ids, decoded } of rowsOf(
          `fixtures/${name.replace(".tokenizer", "")}.jsonl`,
        )) {
          expect(tokenizer.encode(text, parse), id).toEqual(ids);
          expect(tokenizer.decode(ids), id).toBe(decoded);
        }
      });
    });
  },
);

describe.each(["baichuan2.tokenizer.model", "models/baichuan-m1-14b.tokenizer.model"])(
  "%s",
  (file) => {
    describeShared("against sentencepiece-js", `tokenizer/${file}`, () => {
      it("gives the same ids for random texts of pieces, parts of pieces, spaces and characters", async () => {
        const path = sharedData(`tokenizer/${file}`);
        const tokenizer = await fromFile(path);
        using oracle = await createSentencePieceTokenizer(path);
        const piece = fc
          .nat(tokenizer.vocabSize - 1)
          .map((id) => tokenizer.idToPiece(id).replaceAll("▁", " "));
        const part = fc.oneof(
          piece,
          fc.tuple(piece, fc.nat(8)).map(([whole, length]) => whole.slice(0, length)),
          fc.nat(70).map((count) => " ".repeat(count)),
          fc.constantFrom("<reserved_106>", "</s>", "<unk>", "---", "....", "\r\n", "<reserved_"),
          fc.string({ unit: "binary", maxLength: 3 }),
        );
        const mode = fc.constantFrom("text" as const, "parse" as const);
        fc.assert(
          fc.property(fc.array(part), mode, (parts, specialTokens) => {
            const text = parts.join("");
            expect(tokenizer.encode(text, { specialTokens })).toEqual(
              oracle.encode(text, { specialTokens }),
            );
          }),
          { numRuns: 2000 },
        );
      });
    });
  },
);

describe.each(["tiny-unigram", "tiny-bpe-nfkc-dummy"])("%s", (name) => {
  describeShared("golden rows with the sentencepiece entry", "tokenizer/models", () => {
    it("all pass", async () => {
      using tokenizer = await createSentencePieceTokenizer(
        sharedData(`tokenizer/models/${name}.model`),
      );
      for (const { id, text = "", ids, decoded } of rowsOf(`fixtures/${name}.jsonl`)) {
        expect(tokenizer.encode(text, parse), id).toEqual(ids);
        expect(tokenizer.decode(ids), id).toBe(decoded);
      }
    });
  });
});
