import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MAX_LINE_BYTES, readLines } from "./read-lines.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "baichuan2-lines-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function linesOf(content: string | Buffer): Promise<[number, string | undefined][]> {
  const path = join(folder, "file");
  await writeFile(path, content);
  const lines: [number, string | undefined][] = [];
  for await (const { number, bytes } of readLines(path)) lines.push([number, bytes?.toString()]);
  return lines;
}

it("readLines numbers lines from 1, empty ones too, with and without an end of the last", async () => {
  expect(await linesOf("a\n\nb\n")).toEqual([
    [1, "a"],
    [2, ""],
    [3, "b"],
  ]);
  expect(await linesOf("a")).toEqual([[1, "a"]]);
  expect(await linesOf("")).toEqual([]);
});

it("readLines puts lines together that come in several reads", async () => {
  // A read has 64 KiB.
  const lines = ["字".repeat(50_000), "b", "字".repeat(70_000)];
  expect(await linesOf(lines.join("\n"))).toEqual(lines.map((line, i) => [i + 1, line]));
});

it("readLines stops at a line that is too long", async () => {
  const lines = await linesOf(Buffer.alloc(MAX_LINE_BYTES + 2 ** 17, "a"));
  expect(lines).toEqual([[1, undefined]]);
});
