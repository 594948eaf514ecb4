import { readFileSync } from "node:fs";
import { describeShared, sharedData } from "@baichuan2/tooling/golden";
import type { Tokenizer } from "@baichuan2/tokenizer";
import { fromFile } from "@baichuan2/tokenizer/node";
import { beforeAll, describe, expect, it } from "vitest";
import { type ChatCase, chatConfig, type ChatFixture } from "./__fixtures__/golden-chat.ts";
import { buildChatPrompt, type ChatPromptOptions } from "./chat-prompt.ts";
import { createCumulativeText } from "./cumulative-text.ts";

const model = "tokenizer/baichuan2.tokenizer.model";
const fixturePath = new URL("__fixtures__/chat_prompts.json", import.meta.url);
const chatCases = (JSON.parse(readFileSync(fixturePath, "utf8")) as ChatFixture).cases;

interface StreamCase {
  readonly text: string;
  readonly generated_ids: number[];
  readonly yielded: string[];
}

function readCases<Row>(path: string): Row[] {
  return (JSON.parse(readFileSync(sharedData(path), "utf8")) as { cases: Row[] }).cases;
}

describeShared("chat with the real tokenizer", model, () => {
  // A skipped suite's body still runs, so nothing of ../shared is read before a test does.
  let streamCases: StreamCase[];
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    streamCases = readCases<StreamCase>("model/chat/stream.json");
    tokenizer = await fromFile(sharedData(model));
  });

  const build = (row: ChatCase, compat: ChatPromptOptions["compat"]): number[] =>
    buildChatPrompt(tokenizer, row.messages, {
      generationConfig: chatConfig,
      maxNewTokens: row.max_new_tokens,
      modelMaxLength: row.model_max_length,
      compat,
    });

  it("the committed conversations are those of the golden data", () => {
    expect(chatCases).toEqual(readCases<ChatCase>("model/chat/chat_prompts.json"));
  });

  describe("compat original", () => {
    it.each(chatCases)("$name", (row) => {
      if ("ids" in row.expect) expect(build(row, "original")).toEqual(row.expect.ids);
      else {
        expect(() => build(row, "original")).toThrow(
          expect.objectContaining({ pythonError: row.expect.error }),
        );
      }
      const hfSlow = row.expect_hf_slow_tokenizer;
      if (hfSlow) expect(build(row, "original-hf-slow")).toEqual(hfSlow.ids);
    });
  });

  it("default prompts of ordinary conversations have the original's ids", () => {
    const ordinary = chatCases.filter(({ name }) =>
      /^(single_(zh|en)_|two_|three_|system_(then|multi|only)|consecutive|empty|newlines|whitespace)/.test(
        name,
      ),
    );
    expect(ordinary.length).toBeGreaterThan(15);
    for (const row of ordinary) expect({ ids: build(row, undefined) }).toEqual(row.expect);
  });

  it("default prompts hold no marker or special token that a message brought along", () => {
    const injections = chatCases.filter(({ name }) => name.startsWith("inject_"));
    expect(injections).toHaveLength(3);
    for (const row of injections) {
      const messages = row.messages.filter(({ role }) => role !== "system").length;
      const special = build(row, undefined).filter((id) => id < 5 || id === 195 || id === 196);
      expect(special).toHaveLength(messages + 1);
    }
  });

  it("cumulative texts are those of the original's stream", () => {
    expect(streamCases).toHaveLength(4);
    for (const { generated_ids, yielded } of streamCases) {
      const stream = createCumulativeText(tokenizer);
      expect(generated_ids.map((id) => stream.push(id))).toEqual(yielded);
    }
  });
});
