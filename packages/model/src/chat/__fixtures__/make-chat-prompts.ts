/**
 * Writes chat_prompts.json: the golden conversations and the ids of each of their texts, so that the tests
 * need no tokenizer. Run: node --conditions=@baichuan2/source make-chat-prompts.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { sharedData } from "@baichuan2/tooling/golden";
import { fromFile } from "@baichuan2/tokenizer/node";
import type { ChatCase, ChatFixture } from "./golden-chat.ts";

const golden = readFileSync(sharedData("model/chat/chat_prompts.json"), "utf8");
const { cases } = JSON.parse(golden) as { cases: ChatCase[] };
const tokenizer = await fromFile(sharedData("tokenizer/baichuan2.tokenizer.model"));

const texts = new Set(cases.flatMap((row) => row.messages.map(({ content }) => content ?? "")));
const encode = (text: string, compat: "sentencepiece" | "hf-slow"): number[] =>
  tokenizer.encode(text, { specialTokens: "parse", compat });
const encodings = [...texts].map((text) => [text, encode(text, "sentencepiece")] as const);
const hfSlow = [...texts].map((text) => [text, encode(text, "hf-slow")] as const);

const fixture: ChatFixture = {
  note: {
    source: "../shared/data/model/chat/chat_prompts.json (original generation_utils.py)",
    command: "node --conditions=@baichuan2/source packages/model/src/chat/__fixtures__/make-chat-prompts.ts",
    date: new Date().toISOString().slice(0, 10),
  },
  encodings: Object.fromEntries(encodings),
  hfSlowEncodings: Object.fromEntries(
    hfSlow.filter(([, ids], index) => ids.join() !== encodings[index]?.[1].join()),
  ),
  cases,
};
writeFileSync(new URL("chat_prompts.json", import.meta.url), `${JSON.stringify(fixture)}\n`);
