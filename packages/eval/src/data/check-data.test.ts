import { appendFile, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Benchmark, DataFile } from "../benchmark.ts";
import { mmlu } from "../benchmarks/mmlu/mmlu.ts";
import { writeMadeUpMmlu } from "../__fixtures__/made-up-rows.ts";
import { checkData } from "./check-data.ts";
import { countRows } from "./count-rows.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "check-data-"));
});
afterEach(() => rm(directory, { recursive: true }));

const withFiles = (...files: DataFile[]): Benchmark => ({ ...mmlu, files });

describe("checkData", () => {
  it("tells what is there, what is not, and what can be asked", async () => {
    await writeMadeUpMmlu(directory, 7);
    const path = (split: string) => `data/${split}/anatomy_${split}.csv`;
    const benchmark = withFiles(
      { path: path("dev"), rows: 5 },
      { path: path("test"), rows: 8 },
      { path: path("val"), isOptional: true },
      { path: "data/test/astronomy_test.csv" },
    );
    expect(await checkData(benchmark, directory)).toEqual({
      benchmark: "mmlu",
      found: 2,
      verified: 0,
      missing: ["data/test/astronomy_test.csv"],
      changed: [path("test")], // 7 rows are no 8
      samples: { anatomy: 7, virology: 7 },
      error: undefined,
    });
  });

  it("knows a file by its hash", async () => {
    await writeFile(join(directory, "a.txt"), "abc");
    const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // of FIPS 180-2
    const benchmark = withFiles({ path: "../a.txt", sha256 });
    expect(await checkData(benchmark, directory)).toMatchObject({ verified: 1, changed: [] });
    await appendFile(join(directory, "a.txt"), "d");
    const again = await checkData(benchmark, directory);
    expect(again).toMatchObject({ verified: 0, changed: ["../a.txt"] });
    expect(again.error).toContain("expected the files of a benchmark");
  });

  it("tells which row cannot be read", async () => {
    await writeMadeUpMmlu(directory, 2);
    await appendFile(join(directory, "mmlu/data/test/virology_test.csv"), "q,1,2,3,4,E\n");
    const { error } = await checkData(mmlu, directory);
    expect(error).toMatch(/virology_test\.csv, row 3: expected A to D/);
  });
});

describe("countRows", () => {
  it.each([
    ["a.csv", 'x,y\n"1\n2",3\n', 2],
    ["a.jsonl", "{}\n\n{}\n", 2],
    ["a.json", "[1, 2, 3]", 3],
    ["b.json", '{"canary": "x", "examples": [1, 2]}', 2],
    ["c.json", '{"a": 1}\n{"a": 2}\n', 2],
    ["a.devtest", "one\ntwo\nthree", 3],
  ])("counts those of %s", async (name, text, rows) => {
    await writeFile(join(directory, name), text);
    expect(await countRows(join(directory, name))).toBe(rows);
  });

  it("counts the files of a folder", async () => {
    await writeFile(join(directory, "1.json"), "{}");
    await cp(join(directory, "1.json"), join(directory, "2.json"));
    expect(await countRows(`${directory}/`)).toBe(2);
  });
});
