import { createHash, type Hash } from "node:crypto";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Bytes that are read at a time. */
const BLOCK_BYTES = 64 * 1024;
/** Places of a large file that are looked at. */
const PLACES = 16;

/** What changes a model's answers besides its files. */
export type LoadFacts = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Tells two checkpoints apart whose answers may differ: a hash of names and sizes of a folder's files, of small files' bytes, and
 * of 16 places of 64 KiB of large ones. A change elsewhere in a large file, of the same length, goes unnoticed.
 *
 * @param folders - Checkpoint, and adapters.
 * @param facts - How they are loaded and asked: `dtype`, `asChat`, …
 */
export async function checkpointFingerprint(
  folders: readonly string[],
  facts: LoadFacts = {},
): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of folders) {
    const names = (await readdir(folder)).toSorted();
    for (const name of names) await addFile(hash, folder, name);
  }
  for (const name of Object.keys(facts).toSorted()) hash.update(`${name}=${facts[name]}\n`);
  return hash.digest("hex").slice(0, 32);
}

async function addFile(hash: Hash, folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  const { size, isFile } = await stat(path).then((found) => ({
    size: found.size,
    isFile: found.isFile(),
  }));
  if (!isFile || name.startsWith(".")) return;
  hash.update(`${name} ${size}\n`);
  await using file = await open(path);
  for (const position of placesOf(size)) {
    const { buffer, bytesRead } = await file.read({ position, buffer: Buffer.alloc(BLOCK_BYTES) });
    hash.update(buffer.subarray(0, bytesRead));
  }
}

/** All of a small file; of a large one places that lie evenly, with its end. */
function placesOf(size: number): number[] {
  const blocks = Math.ceil(size / BLOCK_BYTES);
  if (blocks <= PLACES) return Array.from({ length: blocks }, (_, block) => block * BLOCK_BYTES);
  const step = (size - BLOCK_BYTES) / (PLACES - 1);
  return Array.from({ length: PLACES }, (_, place) => Math.floor(place * step));
}
