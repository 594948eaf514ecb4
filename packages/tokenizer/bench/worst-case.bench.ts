// Inputs on which byte-pair encoders are slow: 1 MB without a place to cut. Target: spaces <= 1.5 s.
import { deepEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { interleave } from "@baichuan2/tooling/bench";
import { BaichuanTokenizer } from "@baichuan2/tokenizer";
import { SentencePieceProcessor } from "sentencepiece-js";
import { modelPath, requireModel } from "./inputs.ts";

requireModel();
const tokenizer = BaichuanTokenizer.fromBytes(readFileSync(modelPath));
const wasm = new SentencePieceProcessor();
await wasm.load(modelPath);

const MEGABYTE = 1e6;
const repeated = (part: string): string => part.repeat(MEGABYTE / Buffer.byteLength(part));
const inputs = {
  spaces: repeated(" "),
  "the letter a": repeated("a"),
  "the character 啊": repeated("啊"),
  "=-": repeated("=-"),
  "an emoji": repeated("😀"),
  base64: readFileSync(modelPath).toString("base64").slice(0, MEGABYTE),
};

for (const [name, text] of Object.entries(inputs)) {
  deepEqual(tokenizer.encode(text), wasm.encodeIds(text), name);
  const [ours, theirs] = await interleave(
    [
      { name: "tokenizer", run: () => void tokenizer.encode(text) },
      { name: "sentencepiece-js", run: () => void wasm.encodeIds(text) },
    ],
    3,
  );
  if (!ours || !theirs) throw new Error("interleave: expected two timings");
  const [seconds, wasmSeconds] = [ours, theirs].map((timing) => timing.medianSeconds.toFixed(3));
  console.log(`1 MB of ${name}: ${seconds} s (sentencepiece-js ${wasmSeconds} s)`);
}
