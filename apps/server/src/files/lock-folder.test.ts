import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockFolder } from "./lock-folder.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("a folder has one owner until it is given back", async () => {
  const lock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow("expected a folder that no other server uses");
  await lock[Symbol.asyncDispose]();
  await lock[Symbol.asyncDispose]();
  expect(await readdir(folder)).toEqual([]);
  await using _again = await lockFolder(folder);
});

it("a process that lives keeps it, one that is gone or had our number does not", async () => {
  await writeFile(join(folder, "server.pid"), `${process.ppid}\n`);
  await expect(lockFolder(folder)).rejects.toThrow(String(process.ppid));
  for (const gone of ["4194303999", String(process.pid), "nonsense"]) {
    await writeFile(join(folder, "server.pid"), gone);
    await using _lock = await lockFolder(folder);
  }
});
