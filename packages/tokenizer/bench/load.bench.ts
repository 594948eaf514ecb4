// From the model's bytes to a tokenizer that has encoded a word. Target: <= 350 ms for the first one.
import { readFileSync } from "node:fs";
import { BaichuanTokenizer } from "@baichuan2/tokenizer";
import { modelPath, requireModel } from "./inputs.ts";

requireModel();
const bytes = readFileSync(modelPath);
const memoryBefore = process.memoryUsage().rss;

function loadMs(): number {
  const start = performance.now();
  BaichuanTokenizer.fromBytes(bytes).encode("你好");
  return performance.now() - start;
}

console.log(`load, first in the process: ${loadMs().toFixed(0)} ms`);
const growth = (process.memoryUsage().rss - memoryBefore) / 2 ** 20;
console.log(`load, memory (RSS) added by it: ${growth.toFixed(0)} MiB`);
const later = Array.from({ length: 7 }, loadMs).toSorted((a, b) => a - b);
console.log(`load, later ones: ${later[3]?.toFixed(0)} ms (median of 7)`);
