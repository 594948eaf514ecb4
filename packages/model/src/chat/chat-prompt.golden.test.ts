import { readFileSync } from "node:fs";
import type { Tokenizer } from "@baichuan2/tokenizer";
import { describe, expect, it } from "vitest";
import { type ChatCase, chatConfig, type ChatFixture } from "./__fixtures__/golden-chat.ts";
import { buildChatPrompt, type ChatPromptOptions } from "./chat-prompt.ts";

const path = new URL("__fixtures__/chat_prompts.json", import.meta.url);
const fixture = JSON.parse(readFileSync(path, "utf8")) as ChatFixture;

/** What the real tokenizer made of these texts; other texts are an error. */
const recorded: Pick<Tokenizer, "encode"> = {
  encode: (text, options) => {
    const hfSlow = options?.compat === "hf-slow" ? fixture.hfSlowEncodings[text] : undefined;
    const ids = hfSlow ?? fixture.encodings[text];
    if (!ids || options?.specialTokens !== "parse") throw new Error(`no recorded ids of "${text}"`);
    return ids;
  },
};

function build(row: ChatCase, compat: ChatPromptOptions["compat"]): number[] {
  return buildChatPrompt(recorded, row.messages, {
    generationConfig: chatConfig,
    maxNewTokens: row.max_new_tokens,
    modelMaxLength: row.model_max_length,
    compat,
  });
}

describe("compat original gives the ids or the error of the published code", () => {
  it("has all 55 conversations, five of which raise", () => {
    expect(fixture.cases).toHaveLength(55);
    expect(fixture.cases.filter((row) => "error" in row.expect)).toHaveLength(5);
  });

  it.each(fixture.cases)("$name", (row) => {
    if ("ids" in row.expect) expect(build(row, "original")).toEqual(row.expect.ids);
    else {
      expect(() => build(row, "original")).toThrow(
        expect.objectContaining({ name: "ChatMessageError", pythonError: row.expect.error }),
      );
    }
  });

  it.each(fixture.cases.filter((row) => row.expect_hf_slow_tokenizer))(
    "$name, through the Hugging Face class",
    (row) => {
      expect(build(row, "original-hf-slow")).toEqual(row.expect_hf_slow_tokenizer?.ids);
    },
  );
});
