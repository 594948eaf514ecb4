import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readJsonLines } from "./json-lines.ts";

it("readJsonLines gives one value a line, in order, also where a string holds U+2028", () => {
  const folder = mkdtempSync(join(tmpdir(), "json-lines-"));
  try {
    const path = join(folder, "rows.jsonl");
    writeFileSync(path, `{"text":"a\u2028b"}\n{"text":"二"}\n`);
    expect(readJsonLines<{ text: string }>(path)).toEqual([{ text: "a\u2028b" }, { text: "二" }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
