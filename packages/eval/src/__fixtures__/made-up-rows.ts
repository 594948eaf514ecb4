import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of a benchmark's made-up rows, laid out as the published ones. */
export function madeUpRows(benchmark: string): string {
  return fileURLToPath(new URL(`data/${benchmark}`, import.meta.url));
}

const SUBJECTS = ["anatomy", "virology"];

/** The letter that is right in a made-up row. */
export const goldOf = (row: number): string => "ABCD".charAt((row * 7 + 1) % 4);

/** Writes two subjects of made-up questions into `directory/mmlu`. @returns the number of questions. */
export async function writeMadeUpMmlu(directory: string, rows: number): Promise<number> {
  for (const [subject, split, count] of SUBJECTS.flatMap((name) => [
    [name, "dev", 5] as const,
    [name, "test", rows] as const,
  ])) {
    const folder = join(directory, "mmlu", "data", split);
    await mkdir(folder, { recursive: true });
    const lines = Array.from({ length: count }, (_, row) => {
      return `"What is ${row}, in ${subject}?",one,None,"two\nlines",four,${goldOf(row)}\r\n`;
    });
    await writeFile(join(folder, `${subject}_${split}.csv`), lines.join(""));
  }
  return SUBJECTS.length * rows;
}
