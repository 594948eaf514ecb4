// Decoding the ids of 1 MB of mixed text, at once and token by token, against sentencepiece-js.
import { equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { interleave } from "@baichuan2/tooling/bench";
import { BaichuanTokenizer } from "@baichuan2/tokenizer";
import { SentencePieceProcessor } from "sentencepiece-js";
import { megabytesPerSecond, mixedText, modelPath, requireModel } from "./inputs.ts";

requireModel();
const tokenizer = BaichuanTokenizer.fromBytes(readFileSync(modelPath));
const wasm = new SentencePieceProcessor();
await wasm.load(modelPath);
const text = mixedText();
const tokenIds = tokenizer.encode(text);

function stream(): string {
  const decoder = tokenizer.createDecoder();
  let streamed = "";
  for (const tokenId of tokenIds) streamed += decoder.push(tokenId);
  return streamed + decoder.flush();
}

for (const decoded of [tokenizer.decode(tokenIds), stream(), wasm.decodeIds(tokenIds)])
  equal(decoded, text);

const timings = await interleave([
  { name: "decode", run: () => void tokenizer.decode(tokenIds) },
  { name: "createDecoder, token by token", run: () => void stream() },
  { name: "sentencepiece-js", run: () => void wasm.decodeIds(tokenIds) },
]);
for (const { name, medianSeconds } of timings)
  console.log(
    `${name}: ${megabytesPerSecond(text, medianSeconds).toFixed(1)} MB/s, ` +
      `${((medianSeconds / tokenIds.length) * 1e9).toFixed(0)} ns a token`,
  );
