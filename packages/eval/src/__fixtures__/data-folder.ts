import { fileURLToPath } from "node:url";

/** Folder of a benchmark's made-up rows, in the form of the published ones. */
export function madeUpRows(benchmark: string): string {
  return fileURLToPath(new URL(`data/${benchmark}`, import.meta.url));
}
