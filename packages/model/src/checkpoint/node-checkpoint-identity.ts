import { createHash } from "node:crypto";
import { open, realpath } from "node:fs/promises";
import { basename } from "node:path";
import type { Checkpoint } from "./checkpoint.ts";

/** Read at each end of a file: times may be set to one value for all files (images of containers), weights differ. */
const SAMPLE_BYTES = 65_536;

/**
 * A string that is another one as soon as a weight file or the config is another: name, size, time and both ends of each
 * file. A file of the hub's cache is named by the hash of its content. The place of the folder does not matter.
 */
export function checkpointIdentity(checkpoint: Checkpoint): Promise<string> {
  return hashFiles(checkpoint, (place, { size, mtimeNs }) => [
    basename(place),
    String(size),
    String(mtimeNs),
  ]);
}

/**
 * The same without names and times: a copy of a checkpoint has the same fingerprint. Says with which weights something was
 * computed, not that no byte of them has changed.
 */
export function checkpointFingerprint(checkpoint: Checkpoint): Promise<string> {
  return hashFiles(checkpoint, (_place, { size }) => [String(size)]);
}

async function hashFiles(
  { config, files }: Checkpoint,
  factsOf: (place: string, stat: { size: bigint; mtimeNs: bigint }) => readonly string[],
): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(config));
  for (const { path } of files) {
    const place = await realpath(path);
    await using file = await open(place);
    const stat = await file.stat({ bigint: true });
    const { size } = stat;
    hash.update(JSON.stringify(factsOf(place, stat)));
    const sample = new Uint8Array(SAMPLE_BYTES);
    for (const start of [0, Math.max(0, Number(size) - SAMPLE_BYTES)]) {
      const { bytesRead } = await file.read(sample, 0, SAMPLE_BYTES, start);
      hash.update(sample.subarray(0, bytesRead));
    }
  }
  return hash.digest("hex");
}
