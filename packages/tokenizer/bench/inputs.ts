import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const shared = (file: string): string =>
  fileURLToPath(new URL(`../../../../shared/data/tokenizer/${file}`, import.meta.url));

/** Path of the model that the benches measure: Baichuan2's own, which is not part of the repository. */
export const modelPath = shared("baichuan2.tokenizer.model");

/** 1 MB of Chinese, English and code. */
export function mixedText(): string {
  return readFileSync(shared("bench_mix_1MB.txt"), "utf8");
}

/** Says what is missing, and ends the bench, where the model is not there. */
export function requireModel(): void {
  if (existsSync(modelPath)) return;
  console.log(
    "skipped: ../shared/data/tokenizer/baichuan2.tokenizer.model is not beside this clone",
  );
  process.exit(0);
}

/** Speed in MB (10^6 bytes of UTF-8) per second. */
export function megabytesPerSecond(text: string, seconds: number): number {
  return Buffer.byteLength(text) / 1e6 / seconds;
}
