import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StagingDirectory } from "./staging-directory.ts";

let folder = "";
let out = "";
let partial = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "staging-"));
  out = join(folder, "out");
  partial = `${out}.partial`;
});
afterEach(() => rm(folder, { recursive: true }));

const plan = { format: "nf4", nothing: undefined };

/** A run that writes a shard of 4 bytes and ends without completing. */
async function leaveShard(file = "a"): Promise<void> {
  await using staging = await StagingDirectory.open(out, plan);
  await writeFile(staging.pathOf(file), "1234");
  await staging.finish(file, { sizeBytes: 4 });
}

describe("StagingDirectory", () => {
  it("gives the result its name, with nothing beside or in it that is its own", async () => {
    await leaveShard();
    await using staging = await StagingDirectory.open(`${out}/`, plan);
    expect(staging.finished("a")).toEqual({ sizeBytes: 4 });
    await staging.writeText("b", "text");
    await staging.complete();
    expect(await readdir(folder)).toEqual(["out"]);
    expect((await readdir(out)).toSorted()).toEqual(["a", "b"]);
  });

  it("forgets and removes everything for another plan, and for a damaged state", async () => {
    await leaveShard();
    {
      await using staging = await StagingDirectory.open(out, { format: "int8" });
      expect(staging.finished("a")).toBeUndefined();
      expect(await readdir(join(partial, "checkpoint"))).toEqual([]);
    }
    await writeFile(join(partial, "quantize-state.json"), '{"plan":');
    await writeFile(join(partial, "checkpoint", "a"), "1234");
    await using staging = await StagingDirectory.open(out, plan);
    expect(staging.finished("a")).toBeUndefined();
    expect(await readdir(join(partial, "checkpoint"))).toEqual([]);
  });

  it("forgets a shard whose file is gone or has another size, and removes files without a name", async () => {
    await leaveShard("a");
    await leaveShard("b");
    await leaveShard("c");
    await writeFile(join(partial, "checkpoint", "a"), "123");
    await rm(join(partial, "checkpoint", "b"));
    await writeFile(join(partial, "checkpoint", "d.tmp-0123"), "12");
    await using staging = await StagingDirectory.open(out, plan);
    expect(["a", "b", "c"].map((file) => staging.finished(file)?.sizeBytes)).toEqual([
      undefined,
      undefined,
      4,
    ]);
    expect((await readdir(join(partial, "checkpoint"))).toSorted()).toEqual(["a", "c"]);
  });

  it("copies files and what links lead to", async () => {
    await writeFile(join(folder, "blob"), "text");
    await symlink("blob", join(folder, "tokenizer.model"));
    await using staging = await StagingDirectory.open(out, plan);
    await staging.copy(join(folder, "tokenizer.model"));
    await rm(join(folder, "blob"));
    expect(await readFile(staging.pathOf("tokenizer.model"), "utf8")).toBe("text");
  });

  it("recognises a result that got its name just before its run was killed", async () => {
    await leaveShard();
    await rename(join(partial, "checkpoint"), out);
    await using staging = await StagingDirectory.open(out, plan);
    expect([staging.isPlaced, staging.finished("a")]).toEqual([true, { sizeBytes: 4 }]);
    await staging.complete();
    expect(await readdir(folder)).toEqual(["out"]);
  });

  it("refuses a place that is taken, also by a link to nothing, and keeps what is beside it", async () => {
    const taken = { name: "OutputError", problem: "exists", path: out };
    await symlink("nowhere", out);
    await expect(StagingDirectory.open(out, plan)).rejects.toMatchObject(taken);
    await rm(out);
    await leaveShard();
    await mkdir(out);
    await expect(StagingDirectory.open(out, plan)).rejects.toMatchObject(taken);
    await rm(out, { recursive: true });
    expect((await readdir(partial)).toSorted()).toEqual(["checkpoint", "quantize-state.json"]);
  });

  it("does not complete over what appeared meanwhile", async () => {
    await using staging = await StagingDirectory.open(out, plan);
    await mkdir(out);
    await expect(staging.complete()).rejects.toMatchObject({ problem: "exists" });
    expect(await readdir(out)).toEqual([]);
  });

  it("keeps its hands off a directory that is not its own", async () => {
    await mkdir(partial);
    await writeFile(join(partial, "thesis.txt"), "years of work");
    await expect(StagingDirectory.open(out, plan)).rejects.toMatchObject({
      problem: "exists",
      path: partial,
      message: expect.stringContaining("got thesis.txt") as string,
    });
    expect(await readdir(partial)).toEqual(["thesis.txt"]);
  });

  it("lets one run in at a time", async () => {
    await using first = await StagingDirectory.open(out, plan);
    await expect(StagingDirectory.open(out, plan)).rejects.toMatchObject({ problem: "in-use" });
    await first.complete();
    await expect(StagingDirectory.open(out, plan)).rejects.toMatchObject({ problem: "exists" });
    expect(await readdir(folder)).toEqual(["out"]);
  });
});
