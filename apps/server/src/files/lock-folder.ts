import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

const NAME = "server.pid";

/**
 * Keeps other servers out of a folder until it is disposed. The lock of a process that is gone does not count.
 *
 * @param directory - Made if it is not there.
 * @throws {Error} if another process has it.
 */
export async function lockFolder(directory: string): Promise<AsyncDisposable> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = resolve(directory, NAME);
  const owner = await ownerOf(path);
  if (owner !== undefined && isAlive(owner, path))
    throw new Error(
      `${directory}: expected a folder that no other server uses, got one of process ${owner} (end that one, or give another --data-dir; if it is none of ours, remove ${path})`,
    );
  if (owner !== undefined) await rm(path, { force: true });
  await writeFile(path, `${process.pid}\n`, { flag: "wx" }); // fails where two come at once
  held.add(path);
  return {
    async [Symbol.asyncDispose]() {
      if (held.delete(path)) await rm(path, { force: true });
    },
  };
}

/** Locks of this process. */
const held = new Set<string>();

async function ownerOf(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

function isAlive(pid: number, path: string): boolean {
  if (held.has(path)) return true;
  // Else our own number is that of a predecessor: in containers all have the same.
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
