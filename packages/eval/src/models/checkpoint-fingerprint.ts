import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** What changes a model's answers besides its files. */
export type LoadFacts = Readonly<Record<string, string | number | boolean | undefined>>;

/** Files that loading reads; notes beside them change nothing. */
const READ =
  /^(config|generation_config|adapter_config)\.json$|\.index\.json$|\.(safetensors|bin|model)$/;

/**
 * Tells two checkpoints apart: a hash of all bytes that loading reads. That takes about 10 seconds for a 7B.
 *
 * @param paths - Folders of checkpoint and adapters; files, such as a tokenizer.
 * @param facts - How they are loaded and asked: `dtype`, `asChat`, …
 */
export async function checkpointFingerprint(
  paths: readonly string[],
  facts: LoadFacts = {},
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths)
    for (const file of await filesOf(path)) await addFile(hash, file, signal);
  for (const name of Object.keys(facts).toSorted()) hash.update(`${name}=${facts[name]}\n`);
  return hash.digest("hex").slice(0, 32);
}

async function filesOf(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const names = (await readdir(path)).filter((name) => READ.test(name));
  return names.toSorted().map((name) => join(path, name));
}

async function addFile(hash: Hash, path: string, signal: AbortSignal | undefined): Promise<void> {
  hash.update(`${basename(path)} ${(await stat(path)).size}\n`);
  const stream = createReadStream(path, { highWaterMark: 2 ** 20, signal });
  for await (const chunk of stream) hash.update(chunk as Buffer);
}
