/**
 * Copies the small models, and the rows of their golden files that are short and free to pass on, from
 * ../shared/data/tokenizer into this folder. Run from the package: `node src/__fixtures__/select-rows.ts`.
 */
import { copyFileSync, writeFileSync } from "node:fs";
import { readJsonLines, sharedData } from "@baichuan2/tooling/golden";

const MODELS = ["tiny-baichuan-like", "tiny-llama-like", "tiny-unigram", "tiny-bpe-nfkc-dummy"];

/** Longer rows stay in ../shared; these keep the folder near 1 MB. */
const MAX_ROW_BYTES = 1000;

const licences = new Map(
  readJsonLines<{ id: string; lic: string }>(sharedData("tokenizer/cases.jsonl")).map((row) => [
    row.id,
    row.lic,
  ]),
);

for (const model of MODELS) {
  const here = (file: string): URL => new URL(file, import.meta.url);
  copyFileSync(sharedData(`tokenizer/models/${model}.model`), here(`${model}.model`));
  const lines = readJsonLines<{ id: string }>(sharedData(`tokenizer/fixtures/${model}.jsonl`))
    .filter(({ id }) => !(licences.get(id) ?? "do not ship").includes("do not ship"))
    .map((row) => JSON.stringify(row))
    .filter((line) => Buffer.byteLength(line) <= MAX_ROW_BYTES);
  writeFileSync(here(`${model}.jsonl`), `${lines.join("\n")}\n`);
}
