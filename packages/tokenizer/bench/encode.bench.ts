// Encoding 1 MB of mixed text, nothing cached between runs, against sentencepiece-js (C++ in WASM).
// Targets: >= 8 MB/s, and >= 4 times sentencepiece-js in the same run.
import { deepEqual } from "node:assert/strict";
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
const lines = text.split(/(?<=\n)/);

deepEqual(tokenizer.encode(text, { specialTokens: "parse" }), wasm.encodeIds(text));

for (const [name, parts] of Object.entries({ whole: [text], "by line": lines })) {
  const [ours, theirs] = await interleave([
    { name: "tokenizer", run: () => parts.forEach((part) => tokenizer.encode(part)) },
    { name: "sentencepiece-js", run: () => parts.forEach((part) => wasm.encodeIds(part)) },
  ]);
  if (!ours || !theirs) throw new Error("interleave: expected two timings");
  for (const { name: contender, medianSeconds, minSeconds, maxSeconds } of [ours, theirs]) {
    const [median, low, high] = [medianSeconds, maxSeconds, minSeconds].map((seconds) =>
      megabytesPerSecond(text, seconds).toFixed(1),
    );
    console.log(`encode ${name}, ${contender}: ${median} MB/s (${low} to ${high})`);
  }
  const ratio = theirs.medianSeconds / ours.medianSeconds;
  console.log(`encode ${name}: ${ratio.toFixed(1)} times sentencepiece-js`);
}
