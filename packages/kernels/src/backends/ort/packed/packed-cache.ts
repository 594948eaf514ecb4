import { mkdir, mkdtemp, open, readdir, rename, rm, stat, statfs, utimes } from "node:fs/promises";
import { join } from "node:path";
import { removeAbandoned } from "../staging-store.ts";
import { MANIFEST_FILE } from "./manifest.ts";

/**
 * Folders of packed weights by key, in one folder that many processes use at once.
 *
 *   <directory>/<key>/          an entry: complete, since it got its name last
 *   <directory>/packing-…/      an entry being written, or left behind by a killed process
 *   <directory>/removing-…/     an entry being removed
 */
export class PackedCache {
  readonly directory: string;
  readonly maxBytes: number;

  constructor(directory: string, maxBytes: number) {
    this.directory = directory;
    this.maxBytes = maxBytes;
  }

  /** The entry's folder, marked as used now; undefined if there is none. */
  async find(key: string): Promise<string | undefined> {
    const entry = join(this.directory, key);
    const found = await stat(entry).catch(() => undefined);
    if (!found?.isDirectory()) return undefined;
    const now = new Date();
    await utimes(join(entry, MANIFEST_FILE), now, now).catch(() => {}); // a shared cache may be read-only
    return entry;
  }

  /**
   * Makes an entry in a folder of its own, which then gets its name at once. Where another process was faster, its
   * entry is kept.
   *
   * @param write - Fills the folder; what it leaves in it is the entry.
   */
  async add(key: string, write: (directory: string) => Promise<void>): Promise<string> {
    await mkdir(this.directory, { recursive: true });
    await removeAbandoned(this.directory, PACKING);
    await removeAbandoned(this.directory, REMOVING);
    const temporary = await mkdtemp(join(this.directory, PACKING));
    const entry = join(this.directory, key);
    try {
      await write(temporary);
      await syncDirectory(temporary);
      await rename(temporary, entry).catch(async (error: unknown) => {
        if (!(await this.find(key))) throw error;
      });
      await syncDirectory(this.directory);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    await this.#evict();
    return entry;
  }

  /** Removes an entry; its name is free at once. */
  async remove(key: string): Promise<void> {
    const place = join(await mkdtemp(join(this.directory, REMOVING)), key);
    await rename(join(this.directory, key), place).catch(() => {}); // another process has removed it
    await rm(join(place, ".."), { recursive: true, force: true });
  }

  /** Free bytes of the disk. */
  async freeBytes(): Promise<number> {
    await mkdir(this.directory, { recursive: true });
    const { bavail, bsize } = await statfs(this.directory);
    return bavail * bsize;
  }

  /** Removes the entries that were not used for the longest time, until the others fit the limit. */
  async #evict(): Promise<void> {
    const names = await readdir(this.directory);
    const keys = names.filter((name) => /^[0-9a-f]{64}$/.test(name));
    const entries = await Promise.all(keys.map((key) => this.#describe(key)));
    let total = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (const { key, sizeBytes, usedMs } of entries.toSorted((a, b) => a.usedMs - b.usedMs)) {
      if (total <= this.maxBytes || Date.now() - usedMs < IN_USE_MS) return;
      await this.remove(key).catch(() => {}); // Windows keeps what a session maps
      total -= sizeBytes;
    }
  }

  async #describe(key: string): Promise<{ key: string; sizeBytes: number; usedMs: number }> {
    const entry = join(this.directory, key);
    const names = await readdir(entry).catch((): string[] => []);
    const files = await Promise.all(names.map((name) => stat(join(entry, name)).catch(() => {})));
    const sizeBytes = files.reduce((sum, file) => sum + onDisk(file), 0);
    const manifest = files[names.indexOf(MANIFEST_FILE)];
    return { key, sizeBytes, usedMs: manifest?.mtimeMs ?? 0 };
  }
}

const PACKING = "packing-";
const REMOVING = "removing-";

/** An entry that was used within this time is not removed: the model may still be loading elsewhere. */
const IN_USE_MS = 60 * 60 * 1000;

/** Bytes that a file takes on the disk: holes take none. Windows counts no blocks. */
function onDisk(file: { readonly blocks: number; readonly size: number } | void): number {
  if (!file) return 0;
  return file.blocks > 0 ? file.blocks * 512 : file.size;
}

/** Makes new names in a folder last; where a folder cannot be opened (Windows), the system does it by itself. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path).catch(() => undefined);
  await directory?.sync().catch(() => {});
  await directory?.close();
}
