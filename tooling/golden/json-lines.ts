import { readFileSync } from "node:fs";

/** All rows of a JSON-lines file. */
export function readJsonLines<Row>(path: string): Row[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);
}
