import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunLock } from "./run-lock.ts";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
  path = join(folder, "lock");
});
afterEach(() => rm(folder, { recursive: true }));

/** A lock as another process would leave it, last touched so long ago. */
async function leave(owner: object | undefined, ageMs = 0): Promise<void> {
  await writeFile(path, owner ? JSON.stringify({ token: "t", host: hostname(), ...owner }) : "");
  const touched = new Date(Date.now() - ageMs);
  await utimes(path, touched, touched);
}
const inUse = { name: "OutputError", code: "ERR_OUTPUT", problem: "in-use" };
/** A process that has ended. */
const goneId = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

describe("RunLock", () => {
  it("lets one in at a time, and leaves nothing", async () => {
    const lock = await RunLock.take(path);
    await expect(RunLock.take(path)).rejects.toMatchObject({
      ...inUse,
      message: `${path}: expected no other run in this directory, got process ${process.pid} on ${hostname()} (wait for it to end)`,
    });
    await lock.release();
    await (await RunLock.take(path)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("takes over from a process that is gone, without waiting", async () => {
    await leave({ pid: goneId() });
    await using lock = await RunLock.take(path);
    await lock.check();
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ pid: process.pid });
    expect(await readdir(folder)).toEqual(["lock"]);
  });

  it("takes over from an earlier process of the same id, as containers have them", async () => {
    await leave({ pid: process.pid });
    await (await RunLock.take(path)).release();
  });

  it("believes another machine, and a running process, for a minute after they last touched it", async () => {
    for (const owner of [
      { pid: 1, host: "elsewhere" },
      { pid: process.ppid, host: hostname() },
    ]) {
      await leave(owner, 50_000);
      await expect(RunLock.take(path)).rejects.toMatchObject(inUse);
      await leave(owner, 61_000);
      await (await RunLock.take(path)).release();
    }
  });

  it("takes over a file that its maker never filled", async () => {
    await leave(undefined);
    await expect(RunLock.take(path)).rejects.toMatchObject(inUse);
    await leave(undefined, 3_000);
    await (await RunLock.take(path)).release();
  });

  it("goes to one of many that find the same stale lock", async () => {
    await leave({ pid: goneId() });
    const attempts = Array.from({ length: 8 }, () => RunLock.take(path));
    const settled = await Promise.allSettled(attempts);
    const locks = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const valid = await Promise.allSettled(locks.map((lock) => lock.check()));
    expect(valid.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const lock of locks) await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("tells its owner that another one has taken it over, and leaves it to that one", async () => {
    const lock = await RunLock.take(path);
    await leave({ pid: process.ppid, token: "another" });
    await expect(lock.check()).rejects.toMatchObject(inUse);
    await lock.release();
    expect(await readFile(path, "utf8")).toContain("another");
  });

  it("cannot be taken where nothing can be written", async () => {
    const run = RunLock.take(join(folder, "nowhere", "lock"));
    await expect(run).rejects.toMatchObject({ name: "OutputError", problem: "not-writable" });
  });
});
