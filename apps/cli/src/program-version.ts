import { readFileSync } from "node:fs";

/** Version of the program. */
export function programVersion(): string {
  // Beside `src` and beside `dist`: the path holds for the source and for the bundle.
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
