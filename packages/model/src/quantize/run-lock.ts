/**
 * One run at a time works in a directory. The lock is a file that says who has it:
 *
 *   {"pid": 4711, "host": "name", "token": "…"}
 *
 * A run that was killed leaves the file behind, and the next one must not have to wait: on the same machine the lock is
 * stale as soon as its process is gone. Process ids are used again, and mean nothing on another machine or in another
 * container, so a living owner also touches the file; one that has not been touched for a minute is stale in any case.
 *
 * `proper-lockfile` knows no process ids: after a kill it would refuse the directory until its lock has aged.
 */
import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";
import { writeProblem } from "../checkpoint/write-error.ts";
import { OutputError } from "./output-error.ts";

const TOUCH_MS = 5_000;
/** Long enough for a machine that swaps. */
const STALE_MS = 60_000;
/** From the creation of the file to the line in it. */
const EMPTY_MS = 2_000;
/** Takeovers of stale locks that others won; more than a few do not happen by accident. */
const MAX_ATTEMPTS = 5;

const ownerSchema = z.object({ pid: z.int(), host: z.string(), token: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/** Locks of this process: another process may have had the same id before. */
const held = new Set<string>();

/** Keeps other runs out of a directory while it is held. */
export class RunLock implements AsyncDisposable {
  readonly #path: string;
  readonly #token: string;
  readonly #timer: NodeJS.Timeout;

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
    this.#timer = setInterval(() => void this.#touch(), TOUCH_MS).unref();
  }

  /**
   * Takes the lock, or takes it over from a process that is gone.
   *
   * @param path - Of the lock file.
   * @throws {OutputError} if another run has it.
   */
  static async take(path: string): Promise<RunLock> {
    const token = randomBytes(8).toString("hex");
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (await create(path, token)) return new RunLock(path, token);
      const owner = await readOwner(path);
      if (await isAlive(path, owner)) throw inUse(path, owner);
      await removeStale(path, owner);
    }
    throw inUse(path, await readOwner(path));
  }

  /** @throws {OutputError} if another run has taken the lock over, as it may from one that was stopped for long. */
  async check(): Promise<void> {
    const owner = await readOwner(this.#path);
    if (owner?.token !== this.#token) throw inUse(this.#path, owner);
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    const owner = await readOwner(this.#path);
    if (owner?.token === this.#token) await rm(this.#path, { force: true });
    held.delete(this.#token);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #touch(): Promise<void> {
    const now = new Date();
    await utimes(this.#path, now, now).catch(() => {}); // `check` finds a lock that is gone
  }
}

async function create(path: string, token: string): Promise<boolean> {
  const owner: Owner = { pid: process.pid, host: hostname(), token };
  held.add(token);
  try {
    await writeFile(path, JSON.stringify(owner), { flag: "wx" });
    return true;
  } catch (cause) {
    held.delete(token);
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code === "ENOSPC") await rm(path, { force: true }); // created, but empty
    throw new OutputError(path, "not-writable", writeProblem(cause), { cause });
  }
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined; // gone, or not written yet
  }
}

async function isAlive(path: string, owner: Owner | undefined): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return false;
  const age = Date.now() - found.mtimeMs;
  if (!owner) return age < EMPTY_MS;
  if (age >= STALE_MS) return false;
  if (owner.host !== hostname()) return true;
  return owner.pid === process.pid ? held.has(owner.token) : isRunning(owner.pid);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // another user's
  }
}

/** Of several runs that find the same stale lock, one moves it away; who moved a newer one puts it back. */
async function removeStale(path: string, stale: Owner | undefined): Promise<void> {
  const moved = `${path}.tmp-${randomBytes(8).toString("hex")}`;
  try {
    await rename(path, moved);
  } catch {
    return; // another run was faster
  }
  const owner = await readOwner(moved);
  if (owner?.token !== stale?.token) await link(moved, path).catch(() => {}); // else its owner finds it gone
  await rm(moved, { force: true });
}

function inUse(path: string, owner: Owner | undefined): OutputError {
  const who = owner ? `process ${owner.pid} on ${owner.host}` : "another process";
  return new OutputError(
    path,
    "in-use",
    `expected no other run in this directory, got ${who} (wait for it to end)`,
  );
}
