import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { sharedData } from "@baichuan2/tooling/golden";

/** Rows that the original scorers made; those that quote C-Eval, CMMLU, JEC-QA or MedQA are only beside the clone. */
export function goldenCases<Case>(name: string): Case[] {
  const text = readFileSync(sharedData(`eval-golden/${name}.json`), "utf8");
  return (JSON.parse(text) as { cases: Case[] }).cases;
}

/** Folder of a benchmark's real rows. */
export function sharedRows(benchmark: string): string {
  return sharedData(`eval/${benchmark}`);
}

/** Hash of a text, as the golden files have it. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The logits of A to D that stand-ins of the original scorers' models gave: bytes of the prompt's hash. */
export function hashedLogits(prompt: string): number[] {
  const bytes = createHash("sha256").update(prompt).digest();
  return [0, 1, 2, 3].map((index) => (bytes[index] ?? 0) / 16);
}
