import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "./data-error.ts";
import type { Example } from "./example.ts";
import { readExamples } from "./read-examples.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "read-examples-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function read(path: string, signal?: AbortSignal): Promise<Example[]> {
  return Array.fromAsync(readExamples(path, { signal }));
}

const rows = [1, 2, 3].map((id) => ({ input_ids: [id, id + 1] }));
const expected = rows.map(({ input_ids: inputIds }) => ({
  kind: "ids",
  inputIds,
  labels: inputIds,
}));
const array = JSON.stringify(rows, null, 2);
const lines = `${rows.map((row) => JSON.stringify(row)).join("\r\n")}\n\n`;

describe("rows of a file", () => {
  it.each([
    ["data.json", array],
    ["data.jsonl", lines],
    ["data.json.gz", gzipSync(array)],
    ["data.jsonl.gz", gzipSync(lines)],
  ])("come from %s", async (name, content) => {
    expect(await read(await write(name, content))).toEqual(expected);
  });

  it.each([
    ["object.json", "{}", "expected an array of rows, got object"],
    ["empty.json", "[]", "expected at least one row, got none"],
    ["empty.jsonl", "\n", "expected at least one row, got none"],
    ["broken.json", "[{", "expected JSON"],
    ["broken.jsonl", `${JSON.stringify(rows[0])}\n{"a`, "broken.jsonl, line 2: expected JSON"],
    [
      "wrong.jsonl",
      `${JSON.stringify(rows[0])}\n{}`,
      "wrong.jsonl, row 2: expected an object with",
    ],
    ["no-gzip.json.gz", array, "expected a file that can be read"],
    ["no-gzip.jsonl.gz", lines, "expected a file that can be read"],
  ])("are refused with their place: %s", async (name, content, message) => {
    const path = await write(name, content);
    await expect(read(path)).rejects.toThrow(DataError);
    await expect(read(path)).rejects.toThrow(message);
  });

  it.each(["none.json", "none.jsonl", "none.jsonl.gz"])("need a file: %s", async (name) => {
    await expect(read(join(folder, name))).rejects.toThrow(DataError);
  });

  it("stop at an abort", async () => {
    const path = await write("abort.jsonl", lines);
    await expect(read(path, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});
